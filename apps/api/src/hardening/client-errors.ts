import type { Socket } from 'node:net';

/** What cannot even be read as HTTP: answered in the API's form as far as the socket still takes it. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, reason, detail] = WORDS[error.code ?? ''] ?? BAD_REQUEST;
  const body = JSON.stringify({
    type: 'urn:passerelle:problem:invalid-request',
    ...{ title: 'The request is not as documented.', status, detail, requestId: '' },
  });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

const BAD_REQUEST = [400, 'Bad Request', 'This is not HTTP.'] as const;
const WORDS: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'The headers are too long.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not arrive in time.'],
};
