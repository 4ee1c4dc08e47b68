import { randomUUID } from 'node:crypto';
import { type BackendChoice, migrateQueue } from '@passerelle/queue';
import { afterAll, beforeAll, describe } from 'vitest';
import { startPostgres } from './postgres.js';
import { startRedis } from './redis.js';

/** A queue's place on a real server, for one test alone. */
export interface TestBackend {
  kind: BackendChoice['kind'];
  choice: BackendChoice;
  /** A schema or prefix nobody else uses, migrated. */
  namespace(): Promise<string>;
  /** Ends the server and starts it again; PostgreSQL keeps its data, Redis forgets. */
  restart(): Promise<void>;
}

interface Server {
  url: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const BACKENDS: { kind: BackendChoice['kind']; start(): Promise<Server> }[] = [
  { kind: 'postgres', start: startPostgres },
  { kind: 'redis', start: startRedis },
];

/**
 * Describes the same tests on either backend of the queue, each with a server of its own.
 *
 * @param kinds those of them, where the others would show nothing more
 */
export function eachBackend(
  name: string,
  tests: (backend: TestBackend) => void,
  kinds: readonly BackendChoice['kind'][] = ['postgres', 'redis'],
): void {
  describe.each(BACKENDS.filter(({ kind }) => kinds.includes(kind)))(
    `${name} on $kind`,
    ({ kind, start }) => {
      let server: Server | undefined;
      beforeAll(async () => {
        server = await start();
      });
      afterAll(() => server?.stop());
      const place = (): BackendChoice => ({ kind, url: server?.url ?? '' });
      tests({
        kind,
        get choice() {
          return place();
        },
        async namespace() {
          const namespace = `queue_${randomUUID().slice(0, 8)}`;
          await migrateQueue({ backend: place(), namespace });
          return namespace;
        },
        async restart() {
          await server?.restart();
        },
      });
    },
  );
}
