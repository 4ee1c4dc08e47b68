import { type Grantor, locksOut } from '@passerelle/roster';
import type { SqlClient } from '../staging/tables.js';

/** Any number; all changes of grants in one database go by it. */
const GRANT_LOCK = 7_276_302;

/** Waits until nobody else changes grants; nobody does before the transaction ends. */
export async function lockGrants(tx: SqlClient): Promise<void> {
  await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock($1::bigint)', GRANT_LOCK);
}

/** Whose grant it is, and which. */
interface GrantorRow extends Grantor {
  id: number;
  userId: number;
}

/** Active people who may grant everywhere, now. */
export async function readGrantors(db: SqlClient, now: Date): Promise<GrantorRow[]> {
  return db.$queryRawUnsafe<GrantorRow[]>(
    `SELECT g.id, g.user_id AS "userId", g.expires_at AS "expiresAt"
       FROM capability_grants g JOIN users u ON u.id = g.user_id
      WHERE g.capability = 'auth/netypareo:grant' AND g.site_id IS NULL
        AND u.status = 'active' AND (g.expires_at IS NULL OR g.expires_at > $1::timestamptz)`,
    now,
  );
}

/**
 * Whether a change of a grant would leave nobody who grants; asked for under
 * {@link lockGrants}, so that two removals at once don't both rely on the other.
 */
export async function wouldLockOut(
  tx: SqlClient,
  grantId: number,
  change: { expiresAt: Date | null } | 'removed',
  now: Date,
): Promise<boolean> {
  const grantors = await readGrantors(tx, now);
  const own = grantors.find(({ id }) => id === grantId);
  if (own === undefined) return false;
  return locksOut(
    own,
    grantors.filter(({ id }) => id !== grantId),
    change,
  );
}

/** Whether nobody would grant if somebody were gone; asked for under {@link lockGrants}. */
export async function isLastGrantor(tx: SqlClient, userId: number, now: Date): Promise<boolean> {
  const own = (await readGrantors(tx, now)).find((grantor) => grantor.userId === userId);
  return own !== undefined && wouldLockOut(tx, own.id, 'removed', now);
}
