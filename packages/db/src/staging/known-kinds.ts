import type { UserKind } from '@passerelle/roster';
import type { SqlClient } from './tables.js';

/** Has the registry any people of a kind, as far as a run is concerned? */
export type KnownKinds = (runId: number, kind: UserKind) => Promise<boolean>;

/**
 * Asks once per run, so that a first sync does not look up everyone in vain.
 * Should the answer grow old, people are staged in full who need not be.
 */
export function createKnownKinds(db: SqlClient): KnownKinds {
  let latest: { key: string; answer: Promise<boolean> } | undefined;
  return (runId, kind) => {
    const key = `${runId}/${kind}`;
    if (latest?.key !== key) {
      const answer = hasPeople(db, kind);
      const asked = { key, answer };
      latest = asked;
      answer.catch(() => {
        if (latest === asked) latest = undefined; // ask again; who waits for it hears of the failure
      });
    }
    return latest.answer;
  };
}

async function hasPeople(db: SqlClient, kind: UserKind): Promise<boolean> {
  const rows = await db.$queryRawUnsafe<{ known: boolean }[]>(
    'SELECT EXISTS (SELECT FROM users WHERE kind = $1::user_kind) AS known',
    kind,
  );
  return rows[0]?.known ?? true;
}
