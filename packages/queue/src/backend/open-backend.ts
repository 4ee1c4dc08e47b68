import type { BackendChoice } from '../choose-backend.js';
import type { BackendUse, QueueBackend } from './backend.js';
import { openPostgresBackend } from './postgres.js';
import { openRedisBackend } from './redis.js';

/** Opens the chosen backend. */
export function openBackend(choice: BackendChoice, use: BackendUse): QueueBackend {
  return choice.kind === 'redis'
    ? openRedisBackend(choice.url, use)
    : openPostgresBackend(choice.url, use);
}
