import { type IsoDate, USER_KINDS, type UserKind } from '@passerelle/roster';
import type { LeaversDue } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { isReconciling } from '../reconcile/lock-run.js';
import { isProtected } from '../reconcile/protected/protected-sql.js';
import type { SqlClient } from '../staging/tables.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { erasePerson } from './erase-user.js';
import { findPerson, type Person } from './find-person.js';

/** People that one call erases at most, each in a transaction of their own. */
const BATCH = 20;

/** Erases people who left long enough ago (port `PersonalData.eraseLeavers`). */
export async function eraseLeavers(
  client: PrismaClient,
  due: LeaversDue,
  reason: string,
  now: Date,
): Promise<{ erased: number; more: boolean }> {
  const leavers: Leaver[] = [];
  for (const kind of USER_KINDS) {
    const day = due[kind];
    if (day !== null) leavers.push(...(await findLeavers(client, kind, day)));
  }
  let erased = 0;
  for (const leaver of leavers.slice(0, BATCH)) {
    if (await eraseLeaver(client, leaver, reason, now)) erased += 1;
  }
  return { erased, more: leavers.length > BATCH && erased > 0 };
}

/** Someone who may be erased, and the day up to which people of their kind may. */
interface Leaver {
  id: number;
  kind: UserKind;
  day: IsoDate;
}

/** Not while a run reads people of the kind: it may have found them. */
const MAY_GO = `u.kind = $1::user_kind AND u.status = 'suspended' AND u.suspended_on <= $2::date
  AND NOT ${isProtected('user', 'u.id')}
  AND NOT EXISTS (SELECT FROM sync_runs r
                   WHERE r.task = 'sync_' || $1::text || 's'
                     AND r.state IN ('queued', 'running', 'waiting'))`;

async function findLeavers(db: SqlClient, kind: UserKind, day: IsoDate): Promise<Leaver[]> {
  const rows = await db.$queryRawUnsafe<{ id: number }[]>(
    `SELECT u.id FROM users u WHERE ${MAY_GO} ORDER BY u.suspended_on, u.id LIMIT ${BATCH + 1}`,
    kind,
    day,
  );
  return rows.map(({ id }) => ({ id, kind, day }));
}

/** False: they came back meanwhile, or a reconciling is under way, which is not waited for. */
async function eraseLeaver(
  client: PrismaClient,
  { id, kind, day }: Leaver,
  reason: string,
  now: Date,
): Promise<boolean> {
  return client.$transaction(async (tx) => {
    if (await isReconciling(tx)) return false;
    const still = await tx.$queryRawUnsafe<object[]>(
      `SELECT 1 FROM users u WHERE ${MAY_GO} AND u.id = $3::int`,
      ...[kind, day, id],
    );
    const person = still.length === 0 ? null : await findPerson(tx, { id });
    if (person === null) return false;
    await rereadTutors(tx, person);
    await erasePerson(tx, person, { by: 'retention', reason }, now);
    return true;
  }, TRANSACTION);
}

/**
 * A tutor's record may name the learner still. It is read in full by the next run rather than
 * recognised by its hash, so that the charge is there should the learner come back.
 */
async function rereadTutors(tx: SqlClient, { kind, code }: Person): Promise<void> {
  if (kind !== 'student') return;
  await tx.$executeRawUnsafe(
    `UPDATE users SET content_hash = 'unfinished ' || content_hash
      WHERE content_hash NOT LIKE 'unfinished %'
        AND id IN (SELECT tutor_id FROM tutorships
                    WHERE student_code = $1::text AND removed_at IS NULL)`,
    code,
  );
}
