import pg from 'pg';

/** Clients that were told of their end before anybody listened, with what they were told. */
export interface EarlyEnds {
  /** pg's client, but for a listener it has from the beginning. */
  Client: typeof pg.Client;
  /** Tells a client's owner, who listens by now; undefined if there is nothing to tell. */
  repeat(client: object): Error | undefined;
}

/**
 * A server that ends a connection just as it is made may say so in the very
 * packet that completes it: pg then emits the error before whoever connected
 * goes on, to nobody, which ends the process.
 */
export function createEarlyEnds(onError: (error: unknown) => void): EarlyEnds {
  const ended = new WeakMap<object, () => Error>();
  class Client extends pg.Client {
    constructor(config?: string | pg.ClientConfig) {
      super(config);
      this.once('error', (error: Error) => {
        ended.set(this, () => {
          this.emit('error', error);
          return error;
        });
      });
      this.on('error', onError);
    }
  }
  return { Client, repeat: (client) => ended.get(client)?.() };
}
