import type { BackendChoice } from '../choose-backend.js';
import type { BackendUse, QueueBackend } from './backend.js';

/** Opens the chosen backend, of which alone the library is loaded. */
export async function openBackend(choice: BackendChoice, use: BackendUse): Promise<QueueBackend> {
  if (choice.kind === 'redis') {
    return (await import('./redis.js')).openRedisBackend(choice.url, use);
  }
  return (await import('./postgres.js')).openPostgresBackend(choice.url, use);
}
