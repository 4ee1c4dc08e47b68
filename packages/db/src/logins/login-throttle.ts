import type { LoginAttempt, LoginThrottle } from '@passerelle/sync';
import type { Connections } from '../client.js';
import type { Ask } from '../statements.js';
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

const CLAIM = {
  name: 'claim_login_attempt',
  text: `
    SELECT * FROM claim_login_attempt($1::text, $2::text, $3::text,
      $4::int, $5::int, $6::float8, $7::float8, $8::int, $9::int, $10::float8, $11::float8, $12::float8)`,
};

const CLEAR = {
  name: 'clear_login_attempts',
  text: 'SELECT clear_login_attempts($1::text, $2::text, $3::text, $4::int)',
};

const RETURN = {
  name: 'return_login_attempt',
  text: 'SELECT return_login_attempt($1::text, $2::int), return_login_attempt($3::text, $4::int)',
};

/** As the function takes them. */
const RULES: readonly number[] = [
  ...[ACCOUNT.free, mostOf(ACCOUNT), ACCOUNT.forgiveMs, ACCOUNT.longestMs],
  ...[NETWORK.free, mostOf(NETWORK), NETWORK.forgiveMs, NETWORK.longestMs],
  KNOWN_FOR_MS,
];

/** Attempts to log in, counted in `login_attempts` (migration logins, `claim_login_attempt`). */
export function createLoginThrottle({
  client,
  ask,
}: Pick<Connections, 'client' | 'ask'>): LoginThrottle {
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
      const [claim] = await ask<Claim>(CLAIM, [keys.account, keys.pair, keys.network, ...RULES]);
      if (claim === undefined) throw new Error('The database did not answer who may log in.');
      return claim.wait_ms > 0 ? { waitMs: claim.wait_ms } : attemptOf(ask, keys, claim);
    },
  };
}

/** Failures beyond which the delay does not grow: they would only have to be forgiven. */
function mostOf({ free, longestMs }: Allowance): number {
  return free + 1 + Math.ceil(Math.log2(longestMs / 1_000));
}

function attemptOf(ask: Ask, keys: AttemptKeys, claim: Claim): LoginAttempt {
  const { used_key: usedKey, used_claim: usedClaim, address_claim: networkClaim } = claim;
  return {
    succeeded: async () => {
      await ask(CLEAR, [keys.account, keys.pair, keys.network, networkClaim]);
    },
    undecided: async () => {
      await ask(RETURN, [usedKey, usedClaim, keys.network, networkClaim]);
    },
  };
}
