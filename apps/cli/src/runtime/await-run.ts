import { ACTIVE_RUN_STATES } from '@passerelle/roster';
import { setTimeout as wait } from 'node:timers/promises';
import type { Run, RunStore } from '@passerelle/sync';

/** How far a run is. */
export interface RunProgress {
  run: Run;
  /** Parts that have ended, and parts there are; 0 of 0 before the plan is made. */
  partsDone: number;
  partsTotal: number;
  /** Records read so far, repeated ones included. */
  read: number;
}

const POLL_MS = 100;
const SLOW_POLL_MS = 500;
const SLOW_AFTER = 50;

/**
 * Waits for a run's end, in whichever process it is carried out, by asking the
 * database.
 * @throws the signal's reason when it is aborted before
 */
export async function awaitRun(
  runs: Pick<RunStore, 'getRun' | 'listParts'>,
  id: number,
  options: { signal: AbortSignal; onProgress?: (progress: RunProgress) => void },
): Promise<Run> {
  const { signal, onProgress } = options;
  for (let round = 0; ; round++) {
    const run = await runs.getRun(id);
    if (run === null) throw new Error(`Run ${id} is no longer in the database.`);
    onProgress?.(await measure(runs, run));
    if (hasEnded(run)) return run;
    await wait(round < SLOW_AFTER ? POLL_MS : SLOW_POLL_MS, undefined, { signal });
  }
}

/** Whether nothing more will happen in a run by itself. */
function hasEnded(run: Pick<Run, 'state'>): boolean {
  return !ACTIVE_RUN_STATES.some((state) => state === run.state);
}

async function measure(runs: Pick<RunStore, 'listParts'>, run: Run): Promise<RunProgress> {
  const parts = await runs.listParts(run.id);
  const open = parts.filter(({ state }) => state === 'pending' || state === 'running');
  return {
    run,
    partsDone: parts.length - open.length,
    partsTotal: parts.length,
    read: parts.reduce((sum, part) => sum + part.read, 0),
  };
}
