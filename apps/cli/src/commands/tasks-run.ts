import type { TaskName } from '@passerelle/roster';
import { requestRun } from '@passerelle/sync';
import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';
import { carryThrough } from '../runtime/carry-through.js';

/** `passerelle tasks run TASK` */
export async function runTask(
  context: Context,
  task: TaskName,
  options: { site?: string; wait?: true; json?: true },
): Promise<ExitCode> {
  return carryThrough(context, options, (sync) =>
    requestRun(sync, {
      task,
      trigger: 'manual',
      ...(options.site === undefined ? {} : { siteCode: options.site }),
    }),
  );
}
