import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Dice } from './amount.js';

/** Ways in which an answer does not arrive as it was sent. */
export const SPOILS = [
  'cut', // ended early, and properly
  'reset', // the connection closed in mid-body
  'short', // Content-Length says less than there is
  'long', // Content-Length says more than there is
  'empty',
  'html',
  'html as xml',
  'miscounted', // the declared length of the list is not its own
] as const;
export type Spoil = (typeof SPOILS)[number];

/** Stands between a client and a SOAP server. */
export interface SpoilingProxy {
  url: string;
  /** Spoils one call: the n-th from now, from 0. */
  spoil(how: Spoil, call: number): void;
  /** Calls since the last {@link SpoilingProxy.spoil}. */
  calls(): number;
  /** Whether the one to be spoilt came, and was not whole any more. */
  hasSpoilt(): boolean;
  close(): Promise<void>;
}

/** Passes calls on to the server, all but one untouched. */
export async function startSpoilingProxy(target: string, dice: Dice): Promise<SpoilingProxy> {
  let calls = 0;
  let next: { how: Spoil; call: number } | undefined;
  let spoilt = false;
  const server = createServer((request, response) => {
    const isNext = calls++ === next?.call;
    void pass(target, request).then((body) => {
      spoilt ||= isNext;
      if (isNext && next !== undefined) sendSpoilt(response, body, next.how, dice);
      else response.writeHead(200, XML).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`,
    spoil: (how, call) => {
      next = { how, call };
      calls = 0;
      spoilt = false;
    },
    calls: () => calls,
    hasSpoilt: () => spoilt,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const XML = { 'content-type': 'text/xml; charset=utf-8' };
const PAGE = '<html><body><h1>Maintenance</h1><p>Revenez plus tard.<br></p></body></html>';

async function pass(target: string, request: IncomingMessage): Promise<Buffer> {
  const { 'content-type': type = 'text/xml', soapaction = '""' } = request.headers;
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const answer = await fetch(target, {
    method: 'POST',
    headers: { 'content-type': type, soapaction: String(soapaction) },
    body: Buffer.concat(pieces),
  });
  return Buffer.from(await answer.arrayBuffer());
}

function sendSpoilt(response: ServerResponse, body: Buffer, how: Spoil, dice: Dice): void {
  // Behind the envelope's end nothing is missed.
  const at = 1 + dice.below(body.lastIndexOf('>') - 1);
  const head = body.subarray(0, at);
  switch (how) {
    case 'cut':
      response.writeHead(200, { ...XML, 'content-length': head.length }).end(head);
      break;
    case 'reset':
      response.writeHead(200, XML).write(head, () => response.destroy());
      break;
    case 'short':
      // Node would not let us; the rest is what the next answer begins with.
      response.socket?.end(rawAnswer(at, body));
      break;
    case 'long':
      response.socket?.end(rawAnswer(body.length + 1 + dice.below(1_000), body));
      break;
    case 'empty':
      response.writeHead(200, XML).end();
      break;
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE);
      break;
    case 'html as xml':
      response.writeHead(200, XML).end(PAGE);
      break;
    case 'miscounted':
      response.writeHead(200, XML).end(miscount(body, dice));
  }
}

function rawAnswer(length: number, body: Buffer): Buffer {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: text/xml; charset=utf-8\r\ncontent-length: ${length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** Declares another length; an answer that declares none loses its end instead. */
function miscount(body: Buffer, dice: Dice): string | Buffer {
  const text = body.toString();
  const declared = /arrayType="[\w:-]+\[(\d+)\]"/.exec(text);
  if (declared === null) return body.subarray(0, 1 + dice.below(body.lastIndexOf('>') - 1));
  const length = Number(declared[1]);
  // None is less than nothing.
  const other = length + (length === 0 || dice.next() < 0.5 ? 1 + dice.below(9) : -1);
  const wrong = declared[0].replace(`[${length}]`, `[${other}]`);
  return text.replace(declared[0], wrong);
}
