import type { UserKind } from '@passerelle/roster';
import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';

/**
 * Makes `seen_people`: every distinct code in staging, beside what the registry
 * has of it. One hash where its records agree; where they differ, the hash of
 * their sorted hashes, which no order of reading changes.
 */
export async function seePeople(work: Work, kind: UserKind): Promise<number> {
  const seen = await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE seen_people ON COMMIT DROP AS
     SELECT s.code, s.hash, s.differing, s.has_skeleton, u.id AS user_id,
            u.content_hash AS known_hash, u.status = 'active' AS was_active,
            u.status = 'active' AND u.missing_on IS NOT NULL AS was_missing
       FROM (SELECT code, min(hash) AS hash, bool_or(NOT is_full) AS has_skeleton,
                    min(hash) <> max(hash) AS differing
               FROM ${stagingName(work.runId, 'people')} GROUP BY code) s
       LEFT JOIN users u ON u.kind = $1::user_kind AND u.code = s.code`,
    kind,
  );
  await work.tx.$executeRawUnsafe(
    `UPDATE seen_people k SET hash = merged.hash
       FROM (SELECT s.code, encode(sha256(convert_to(
                      string_agg(DISTINCT s.hash, ' ' ORDER BY s.hash),
                      'UTF8')), 'hex') AS hash
               FROM ${stagingName(work.runId, 'people')} s
              WHERE s.code IN (SELECT code FROM seen_people WHERE differing)
              GROUP BY s.code) merged
      WHERE merged.code = k.code AND k.differing`,
  );
  await work.tx.$executeRawUnsafe('ANALYZE seen_people (code, user_id, was_missing)');
  return seen;
}
