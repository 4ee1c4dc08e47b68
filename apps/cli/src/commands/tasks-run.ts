import type { TaskName } from '@passerelle/roster';
import { requestRun, type Run, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { authorOfCommand } from '../runtime/actor.js';
import { carryThrough } from '../runtime/carry-through.js';
import { type PlanOptions, tellPlan } from './tasks-dry-run.js';

/** What `tasks run` may be told. */
export interface RunTaskOptions extends PlanOptions {
  site?: string;
  wait?: true;
  dryRun?: true;
}

/** `passerelle tasks run TASK` */
export async function runTask(
  context: Context,
  task: TaskName,
  options: RunTaskOptions,
): Promise<ExitCode> {
  const carry = options.dryRun
    ? { ...options, tell: (run: Run) => tellPlan(context, run, options) }
    : options;
  return carryThrough(context, carry, async (sync) => {
    if (options.site !== undefined) await checkSite(sync, options.site);
    return requestRun(sync, {
      task,
      trigger: 'manual',
      dryRun: options.dryRun === true,
      author: authorOfCommand(),
      ...(options.site === undefined ? {} : { siteCode: options.site }),
    });
  });
}

/** @throws UsageError for a site that the registry does not know as active */
async function checkSite({ registry }: SyncContext, site: string): Promise<void> {
  const { siteCodes } = await registry.planningData();
  if (siteCodes.includes(site)) return;
  const known = siteCodes.length === 0 ? 'none, until sync_sites has run' : siteCodes.join(', ');
  throw new UsageError(`There is no active site "${site}". Known are: ${known}.`);
}
