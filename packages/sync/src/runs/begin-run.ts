import type { SyncContext } from '../context.js';
import type { Run, RunPart } from '../ports/runs.js';
import { failRun } from './end-run.js';
import { planRun } from './plan-run.js';
import { cutAsLearnt } from './split-part.js';

type Deps = Pick<
  SyncContext,
  | 'runs'
  | 'tasks'
  | 'registry'
  | 'source'
  | 'sourceState'
  | 'queue'
  | 'now'
  | 'timeZone'
  | 'periodAheadDays'
  | 'log'
>;

/** The `run` job: plans the parts of a queued run and hands them to the queue. */
export async function beginRun(deps: Deps, runId: number): Promise<void> {
  const run = await deps.runs.getRun(runId);
  if (run === null) return;
  const parts = await planAndStart(deps, run);
  if (parts === null) return;
  const open = parts.filter((part) => part.state === 'pending' || part.state === 'running');
  await deps.queue.enqueueParts(
    run.id,
    run.enqueueCount,
    open.map((part) => part.number),
  );
  deps.log.info({ runId, task: run.task, parts: parts.length, open: open.length }, 'run planned');
}

async function planAndStart(deps: Deps, run: Run): Promise<RunPart[] | null> {
  const now = deps.now();
  const plan = await planRun(deps, run);
  if (plan.ok) return deps.runs.startRun(run.id, await cutAsLearnt(deps, plan.parts), now);
  // A run taken up again keeps the parts it has, whatever could be planned now.
  if (run.state !== 'queued') return deps.runs.startRun(run.id, [], now);
  await failRun(deps, run.id, { kind: 'no_plan', sentence: plan.sentence });
  return null;
}
