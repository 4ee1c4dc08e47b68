import type { UserKind } from '@passerelle/roster';
import { countOf, type Work } from '../work.js';

/**
 * Those who were missing and are there again, in whatever run, are missing no more: their
 * grace would begin anew. So are those whose record came back and was set aside.
 */
export async function findAgain({ tx, runId, now }: Work, kind: UserKind): Promise<void> {
  const missing = `u.kind = $1::user_kind AND u.status = 'active' AND u.missing_on IS NOT NULL`;
  // Nearly always few, and found by an index of their own: then nobody is looked for.
  if ((await countOf(tx, `SELECT count(*) FROM users u WHERE ${missing}`, kind)) === 0) return;
  await tx.$executeRawUnsafe(
    // Looked for once: the planner takes whoever is missing for very few, and would look for each.
    `WITH there AS MATERIALIZED (
       SELECT user_id AS id FROM seen_people WHERE was_missing
        UNION
       SELECT r.id FROM rejected_records x
         JOIN users r ON r.kind = $1::user_kind AND r.code = x.code
        WHERE x.run_id = $2::int),
     back AS (
       SELECT u.id, u.missing_on FROM there JOIN users u ON u.id = there.id WHERE ${missing}),
     found AS (
       UPDATE users u
          SET missing_on = NULL, suspended_on = NULL, missing_since = NULL, updated_at = $3::timestamptz
         FROM back WHERE u.id = back.id)
     INSERT INTO changes (run_id, entity, entity_id, kind, before, after, at)
     SELECT $2::int, 'user', id, 'restored', jsonb_build_object('missing_on', missing_on),
            '{"missing_on": null}'::jsonb, $3::timestamptz
       FROM back`,
    ...[kind, runId, now],
  );
}
