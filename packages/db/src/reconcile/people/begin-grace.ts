import { leavingDates, type UserKind } from '@passerelle/roster';
import { LINKS } from '../links/link-spec.js';
import type { Work } from '../work.js';
import { countLeaving, type FoundLeaving, type Leaving } from './find-leaving-people.js';

/**
 * Writes down of those who are missing for the first time since when they are, and takes
 * them, with their links, out of those who leave by this run.
 *
 * @returns what is to be removed now
 */
export async function beginGrace(
  work: Work,
  kind: UserKind,
  leaving: FoundLeaving,
): Promise<Leaving> {
  if (leaving.entering.users === 0) return leaving;
  await recordMissing(work, kind);
  for (const table of ['users', ...LINKS.map((spec) => spec.table)]) {
    await work.tx.$executeRawUnsafe(`DELETE FROM leaving_${table} WHERE NOT is_due`);
  }
  return countLeaving(work);
}

async function recordMissing({ tx, runId, now, context }: Work, kind: UserKind): Promise<void> {
  const missingOn = context.today;
  const absence = { kind, missingOn, suspendedOn: null, isProtected: false };
  const dates = leavingDates(absence, context.leaving);
  await tx.$executeRawUnsafe(
    `WITH missing AS (
       UPDATE users u
          SET missing_on = $3::date, suspended_on = NULL, missing_since = $2::timestamptz,
              updated_at = $2::timestamptz
         FROM leaving_users l WHERE u.id = l.id AND NOT l.is_due
       RETURNING u.id)
     INSERT INTO changes (run_id, entity, entity_id, kind, before, after, at)
     SELECT $1::int, 'user', id, 'missing', '{"missing_on": null}'::jsonb,
            jsonb_build_object('missing_on', $3::date, 'suspends_on', $4::date), $2::timestamptz
       FROM missing`,
    ...[runId, now, missingOn, dates?.suspendsOn ?? missingOn],
  );
}
