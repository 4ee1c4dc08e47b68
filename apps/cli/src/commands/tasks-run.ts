import type { TaskName } from '@passerelle/roster';
import { requestRun, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { carryThrough } from '../runtime/carry-through.js';

/** `passerelle tasks run TASK` */
export async function runTask(
  context: Context,
  task: TaskName,
  options: { site?: string; wait?: true; json?: true },
): Promise<ExitCode> {
  return carryThrough(context, options, async (sync) => {
    if (options.site !== undefined) await checkSite(sync, options.site);
    return requestRun(sync, {
      task,
      trigger: 'manual',
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
