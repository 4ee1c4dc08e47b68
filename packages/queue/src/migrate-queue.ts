import pg from 'pg';
import { withDeadline } from './deadline.js';
import { DEFAULT_NAMESPACE, type QueueOptions } from './options.js';

const MIGRATION_TIMEOUT_MS = 60_000;

/**
 * Makes or upgrades the queue's own schema on PostgreSQL; nothing to do on Redis.
 * May be called again at any time and by several processes at once: BullMQ
 * takes an advisory lock and does it all in one transaction.
 *
 * @throws QueueError
 */
export async function migrateQueue(
  options: Pick<QueueOptions, 'backend' | 'namespace'>,
): Promise<void> {
  const { backend, namespace = DEFAULT_NAMESPACE } = options;
  if (backend.kind === 'redis') return;
  const { bullmq } = await import('./bullmq.js');
  await withDeadline(backend, MIGRATION_TIMEOUT_MS, async () => {
    const client = new pg.Client({ connectionString: backend.url });
    // An error between two queries would otherwise end the process.
    client.on('error', () => undefined);
    await client.connect();
    try {
      await bullmq.runMigrations(client, namespace);
    } finally {
      await client.end();
    }
  });
}
