import { retryRun } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { carryThrough } from '../runtime/carry-through.js';
import { syncPerson } from '../runtime/sync-person.js';
import { unknownRun } from './runs-show.js';

/** `passerelle runs retry ID` */
export async function retryRunCommand(
  context: Context,
  id: number,
  options: { wait?: true; json?: true },
): Promise<ExitCode> {
  const { runs } = await context.stores();
  const run = await runs.getRun(id);
  if (run !== null && run.userId !== null && run.endedAt !== null && run.state !== 'succeeded') {
    return syncPerson(context, { id: run.userId }, options, run);
  }
  return carryThrough(context, options, async (sync) => {
    const outcome = await retryRun(sync, id);
    if (outcome.outcome !== 'not_retryable') return outcome;
    if (outcome.run === null) throw unknownRun(id);
    throw new CommandError(
      outcome.run.state === 'succeeded'
        ? `Run ${id} succeeded; "passerelle tasks run ${outcome.run.task}" runs its task again.`
        : `Run ${id} is still under way (${outcome.run.state}); cancel it first, or wait for its end.`,
    );
  });
}
