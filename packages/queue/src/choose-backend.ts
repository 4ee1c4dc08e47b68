import { QueueError } from './errors.js';

/** Where the queue lives. */
export type BackendChoice = { kind: 'redis' | 'postgres'; url: string };

/**
 * The one decision on the queue's backend: Redis where there is one, else the
 * PostgreSQL there always is.
 *
 * @throws QueueError if neither is given
 */
export function chooseBackend(urls: {
  redisUrl?: string | undefined;
  databaseUrl?: string | undefined;
}): BackendChoice {
  if (urls.redisUrl) return { kind: 'redis', url: urls.redisUrl };
  if (urls.databaseUrl) return { kind: 'postgres', url: urls.databaseUrl };
  throw new QueueError('The queue has no place: set DATABASE_URL, or REDIS_URL.', {
    retryable: false,
  });
}
