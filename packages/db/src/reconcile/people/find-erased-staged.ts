import type { UserKind } from '@passerelle/roster';
import { hashSql } from '../../personal/erased-people.js';
import { stagingName } from '../../staging/tables.js';
import { countOf, type Work } from '../work.js';

/**
 * Parts that still hold something of people who were erased while they were read:
 * they must be read again, by readers who know of it. Nearly always nobody was.
 */
export async function findErasedStaged(work: Work, kind: UserKind): Promise<number[]> {
  const { tx, runId } = work;
  const recently = `e.erased_at >= (SELECT started_at - interval '1 minute' FROM sync_runs
                                     WHERE id = $1::int)`;
  const erased = await countOf(tx, `SELECT count(*) FROM erased_users e WHERE ${recently}`, runId);
  if (erased === 0) return [];
  const found = await tx.$queryRawUnsafe<{ part: number }[]>(
    `SELECT DISTINCT s.part
       FROM (SELECT part, ${hashSql(kind, 'code')} AS hash
               FROM ${stagingName(runId, 'people')}, erasure_key k
              UNION ALL
             SELECT part, ${hashSql('student', 'student_code')}
               FROM ${stagingName(runId, 'tutorships')}, erasure_key k
              UNION ALL
             SELECT part_number, ${hashSql(kind, 'code')}
               FROM rejected_records, erasure_key k WHERE run_id = $1::int) s
       JOIN erased_users e ON e.code_hash = s.hash AND ${recently}
      ORDER BY s.part`,
    runId,
  );
  return found.map(({ part }) => part);
}
