import type { Failure } from '@passerelle/sync';
import { stagingName } from '../../staging/tables.js';
import { firstFailure, nameOfScope } from '../describe-failures.js';
import type { EndedPart } from '../load-parts.js';
import { countOf, type Work } from '../work.js';

/**
 * Why a run of one person has nothing of them to apply; null: it has. Nobody is
 * suspended for it: they may have moved to a place that was not read.
 */
export async function explainAbsence(
  work: Work,
  failed: readonly EndedPart[],
): Promise<Failure | null> {
  const { tx, runId } = work;
  const people = stagingName(runId, 'people');
  if ((await countOf(tx, `SELECT count(*) FROM ${people}`)) > 0) return null;
  const [rejected] = await tx.$queryRawUnsafe<{ message: string; path: string }[]>(
    'SELECT message, path FROM rejected_records WHERE run_id = $1::int ORDER BY id LIMIT 1',
    runId,
  );
  if (rejected !== undefined) {
    return { kind: 'rejected', sentence: `The person’s record was set aside. ${rejected.message}` };
  }
  if (failed.length > 0) return firstFailure(failed);
  return { kind: 'not_found', sentence: await sayWhere(work) };
}

async function sayWhere({ tx, runId }: Work): Promise<string> {
  const parts = await tx.$queryRawUnsafe<
    Pick<EndedPart, 'period_code' | 'site_code' | 'group_code'>[]
  >(
    `SELECT period_code, site_code, group_code FROM sync_run_parts
      WHERE run_id = $1::int ORDER BY number`,
    runId,
  );
  const places = parts.map((part) => nameOfScope(part) || 'the whole list').join('; ');
  return (
    `The person was not found where they were (${places}). Nothing was changed and they were ` +
    'not suspended: the next complete run finds them elsewhere, or says that they are gone.'
  );
}
