import type { PermitsFreed } from '@passerelle/sync';
import pg from 'pg';

/** The channel on which the database tells that a permit came back (settle.ts). */
export const PERMITS_CHANNEL = 'passerelle_permits';
/** Between two attempts to listen, in milliseconds. */
const LISTEN_AGAIN_MS = 5_000;

/** Hears of permits that came back, in whatever process. */
export interface PermitBell {
  /** Listens from the first call on. */
  whenFreed(ring: () => void): PermitsFreed;
  close(): Promise<void>;
}

/**
 * Listens on a connection of its own. Hearing is a matter of speed alone: whoever
 * waits for a permit looks for one by itself too, the less often while this works (a
 * pooler between us and the server may swallow it all).
 */
export function createPermitBell(connectionString: string): PermitBell {
  const rings = new Set<() => void>();
  const ringAll = (): void => rings.forEach((ring) => ring());
  let client: pg.Client | undefined;
  let isHeard = false;
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  const lose = (lost: pg.Client): void => {
    if (client !== lost) return;
    client = undefined;
    isHeard = false;
    void lost.end().catch(() => undefined);
    if (!isClosed) again = setTimeout(listen, LISTEN_AGAIN_MS).unref();
  };
  function listen(): void {
    const own = new pg.Client({ connectionString, keepAlive: true });
    client = own;
    own.on('error', () => lose(own));
    own.on('end', () => lose(own));
    own.on('notification', () => {
      isHeard = true;
      ringAll();
    });
    own
      .connect()
      .then(() => own.query(`LISTEN ${PERMITS_CHANNEL}`))
      .catch(() => lose(own));
  }

  return {
    whenFreed: (ring) => {
      rings.add(ring);
      if (client === undefined && again === undefined && !isClosed) listen();
      return { isHeard: () => isHeard };
    },
    close: async () => {
      isClosed = true;
      clearTimeout(again);
      await client?.end().catch(() => undefined);
    },
  };
}
