import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';

/**
 * Parts with a record that was staged as key and hash alone, for which the
 * registry no longer has what that hash stood for (the user was changed by
 * another hand since): they must be read again.
 */
export async function findBrokenSkeletons(work: Work): Promise<number[]> {
  const people = stagingName(work.runId, 'people');
  const rows = await work.tx.$queryRawUnsafe<{ part: number }[]>(
    `SELECT DISTINCT s.part
       FROM seen_people k
       JOIN ${people} s ON s.code = k.code AND NOT s.is_full
      WHERE k.has_skeleton
        AND (k.differing OR k.hash <> k.known_hash OR k.was_active IS NOT TRUE)
        AND (s.hash <> k.known_hash OR k.was_active IS NOT TRUE)
        AND NOT EXISTS (SELECT FROM ${people} f
                         WHERE f.code = s.code AND f.hash = s.hash AND f.is_full)
      ORDER BY s.part`,
  );
  return rows.map((row) => row.part);
}
