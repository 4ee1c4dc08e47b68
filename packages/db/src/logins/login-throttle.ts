import type { LoginAttempt, LoginThrottle } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { type AttemptKeys, attemptHasher } from './login-keys.js';

/** How often something may fail. */
interface Allowance {
  /** Failures without a delay. The next one costs 1 s, each after it twice as much. */
  free: number;
  longestMs: number;
  /** So much time without an attempt makes up for one failure. */
  forgiveMs: number;
}

/** Whoever mistypes three times waits for a second; whoever guesses for a quarter of an hour. */
const ACCOUNT: Allowance = { free: 2, longestMs: 900_000, forgiveMs: 900_000 };
/** A whole school may come from one network: of its failures only so many at once are odd. */
const NETWORK: Allowance = { free: 30, longestMs: 60_000, forgiveMs: 10_000 };
/** From where someone has logged in, they are not kept out by those who guess elsewhere. */
export const KNOWN_FOR_MS = 30 * 86_400_000;

interface Claim {
  wait_ms: number;
  used_key: string;
  used_claim: number | null;
  address_claim: number | null;
}

/** Attempts to log in, counted in `login_attempts` (migration logins, `claim_login_attempt`). */
export function createLoginThrottle(client: PrismaClient): LoginThrottle {
  let hasher: ReturnType<typeof attemptHasher> | undefined;
  const keysOf = async (account: string, address: string | null): Promise<AttemptKeys> => {
    hasher ??= attemptHasher(client);
    try {
      return (await hasher)(account, address);
    } catch (error) {
      hasher = undefined;
      throw error;
    }
  };
  return {
    claim: async (account, address) => {
      const keys = await keysOf(account, address);
      const [claim] = await client.$queryRaw<Claim[]>`
        SELECT * FROM claim_login_attempt(
          ${keys.account}, ${keys.pair}, ${keys.network},
          ${ACCOUNT.free}::int, ${mostOf(ACCOUNT)}::int,
          ${ACCOUNT.forgiveMs}::float8, ${ACCOUNT.longestMs}::float8,
          ${NETWORK.free}::int, ${mostOf(NETWORK)}::int,
          ${NETWORK.forgiveMs}::float8, ${NETWORK.longestMs}::float8, ${KNOWN_FOR_MS}::float8)`;
      if (claim === undefined) throw new Error('The database did not answer who may log in.');
      return claim.wait_ms > 0 ? { waitMs: claim.wait_ms } : attemptOf(client, keys, claim);
    },
  };
}

/** Failures beyond which the delay does not grow: they would only have to be forgiven. */
function mostOf({ free, longestMs }: Allowance): number {
  return free + 1 + Math.ceil(Math.log2(longestMs / 1_000));
}

function attemptOf(client: PrismaClient, keys: AttemptKeys, claim: Claim): LoginAttempt {
  const { used_key: usedKey, used_claim: usedClaim, address_claim: networkClaim } = claim;
  return {
    succeeded: async () => {
      await client.$executeRaw`
        SELECT clear_login_attempts(
          ${keys.account}, ${keys.pair}, ${keys.network}, ${networkClaim}::int)`;
    },
    undecided: async () => {
      await client.$executeRaw`
        SELECT return_login_attempt(${usedKey}, ${usedClaim}::int),
               return_login_attempt(${keys.network}, ${networkClaim}::int)`;
    },
  };
}
