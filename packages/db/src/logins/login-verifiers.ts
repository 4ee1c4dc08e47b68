import type { LoginVerifier, LoginVerifierStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** What passwords are recognised by, in `login_verifiers`. */
export function createLoginVerifiers(client: PrismaClient): LoginVerifierStore {
  return {
    getVerifier: async (userId, hours) => {
      const [row] = await client.$queryRaw<LoginVerifier[]>`
        SELECT v.salt, v.hash FROM login_verifiers v
          JOIN users u ON u.id = v.user_id AND u.status = 'active'
         WHERE v.user_id = ${userId}::int AND v.expires_at > clock_timestamp()
           AND v.verified_at > clock_timestamp() - ${hours}::float8 * interval '1 hour'`;
      return row ?? null;
    },
    // Somebody who was erased meanwhile gets none.
    putVerifier: async (userId, { salt, hash }, hours) => {
      await client.$executeRaw`
        INSERT INTO login_verifiers (user_id, salt, hash, verified_at, expires_at)
        SELECT u.id, ${salt}, ${hash}, t.now, t.now + ${hours}::float8 * interval '1 hour'
          FROM users u, (SELECT clock_timestamp() AS now) t WHERE u.id = ${userId}::int
        ON CONFLICT (user_id) DO UPDATE
           SET salt = excluded.salt, hash = excluded.hash,
               verified_at = excluded.verified_at, expires_at = excluded.expires_at`;
    },
    removeVerifier: async (userId, { salt, hash }) => {
      await client.loginVerifier.deleteMany({ where: { userId, salt, hash } });
    },
  };
}
