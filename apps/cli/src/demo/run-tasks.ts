import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import { requestRun, type Run, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { watchRun } from '../runtime/watch-run.js';

/** Runs the seven tasks, each when those it depends on have ended. */
export async function runTasks(context: Context, sync: SyncContext): Promise<Run[]> {
  const ended: Run[] = [];
  for (const task of TASK_NAMES) ended.push(await runTask(context, sync, task));
  return ended;
}

/** A run that an earlier demo left unfinished is waited for first. */
async function runTask(context: Context, sync: SyncContext, task: TaskName): Promise<Run> {
  for (;;) {
    const { outcome, run } = await requestRun(sync, { task, trigger: 'manual' });
    const ended = await watchRun(context, sync.runs, run);
    if (outcome !== 'busy') return ended;
  }
}
