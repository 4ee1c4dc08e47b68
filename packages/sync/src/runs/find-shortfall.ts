import type { SyncContext } from '../context.js';
import type { Run, RunPart } from '../ports/runs.js';

type Deps = Pick<SyncContext, 'runs'>;

/** What a run could not read, and what has become of it. */
export interface Shortfall {
  /** Parts that failed in a run that applied the others; none in a run that applied nothing. */
  lacked: RunPart[];
  /** What of it has still to be read; retries may have cut it into smaller parts. */
  missing: RunPart[];
  /** The run that read the last of it; null while something is missing. */
  readBy: Run | null;
}

const NONE: Shortfall = { lacked: [], missing: [], readBy: null };

/**
 * What a run lacked and what of that is still missing, after the retries that read
 * missing parts, and theirs; a whole run that has read everything since ends it. Of a
 * retry of which nothing was applied it is what it was to read.
 */
export async function findShortfall(deps: Deps, run: Run): Promise<Shortfall> {
  const original = await findOriginalOfVain(deps, run);
  if (original !== null) return findShortfall(deps, original);
  const lacked = await findLacked(deps, run);
  if (lacked.length === 0) return NONE;
  const whole = await readWholeSince(deps, run);
  if (whole !== null) return { lacked, missing: [], readBy: whole };
  const retry = await lastAppliedRetry(deps, run);
  if (retry === null) return { lacked, missing: lacked, readBy: null };
  if (retry.state === 'succeeded') return { lacked, missing: [], readBy: retry };
  const { missing, readBy } = await findShortfall(deps, retry);
  return { lacked, missing, readBy };
}

async function findOriginalOfVain({ runs }: Deps, run: Run): Promise<Run | null> {
  const wasVain = run.state === 'failed' || run.state === 'cancelled';
  if (!wasVain || !run.onlyMissing || run.retryOfId === null) return null;
  return runs.getRun(run.retryOfId);
}

async function findLacked({ runs }: Deps, run: Run): Promise<RunPart[]> {
  if (run.state !== 'partial' || run.dryRun || run.userId !== null) return [];
  return (await runs.listParts(run.id)).filter(({ state }) => state === 'failed');
}

async function readWholeSince({ runs }: Deps, { id, task }: Run): Promise<Run | null> {
  const [last] = await runs.listRuns({
    ...{ task, states: ['succeeded', 'held'], whole: true, limit: 1 },
  });
  return last !== undefined && last.id > id ? last : null;
}

/** Each retry reads what those before it have left; one in vain may have been retried in its turn. */
async function lastAppliedRetry(deps: Deps, { id, task }: Run): Promise<Run | null> {
  const retries = await deps.runs.listRuns({ task, retryOfId: id, limit: MOST_RETRIES });
  let last: Run | null = null;
  for (const retry of retries.filter(({ onlyMissing }) => onlyMissing)) {
    const isApplied = retry.state === 'succeeded' || retry.state === 'partial';
    const applied = isApplied ? retry : await lastAppliedRetry(deps, retry);
    if (applied !== null && applied.id > (last?.id ?? 0)) last = applied;
  }
  return last;
}

/** Nobody retries one run more often. */
const MOST_RETRIES = 200;
