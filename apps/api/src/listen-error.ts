/** The server cannot listen where it was told to; the message says what to do. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
}

/** Says what keeps a server from listening. */
export function explainListen(
  error: unknown,
  { host, port }: { host: string; port: number },
): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const sentence = typeof code === 'string' ? SENTENCES[code]?.(host, port) : undefined;
  return sentence === undefined ? error : new ListenError(sentence, { cause: error });
}

const SENTENCES: Readonly<Record<string, (host: string, port: number) => string>> = {
  EADDRINUSE: (host, port) =>
    `Port ${port} of ${host} is taken by another program, perhaps another Passerelle: ` +
    'set PORT to a free one (PORT=0 takes any that is free), or stop the other.',
  EACCES: (_host, port) =>
    `Port ${port} may not be used by this account: set PORT to one above 1023, such as 8080.`,
  EADDRNOTAVAIL: (host) =>
    `${host} is no address of this machine: set HOST to one of its own, or to 0.0.0.0 for all.`,
  ENOTFOUND: (host) => `The name ${host} has no address: correct HOST.`,
};
