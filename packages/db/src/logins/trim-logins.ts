import type { PrismaClient } from '../client.js';
import { KNOWN_FOR_MS } from './login-throttle.js';

const BATCH = 5_000;

/** Forgets attempts of more than a day ago, networks not come from for a month, and verifiers that expired. */
export async function trimLogins(client: PrismaClient): Promise<void> {
  await client.$executeRaw`
    DELETE FROM login_attempts WHERE key IN (
      SELECT key FROM login_attempts
       WHERE attempted_at < clock_timestamp() - interval '1 day'
         AND (succeeded_at IS NULL
              OR succeeded_at < clock_timestamp() - ${KNOWN_FOR_MS}::float8 * interval '1 millisecond')
       LIMIT ${BATCH}::int FOR UPDATE SKIP LOCKED)`;
  await client.$executeRaw`DELETE FROM login_verifiers WHERE expires_at < clock_timestamp()`;
}
