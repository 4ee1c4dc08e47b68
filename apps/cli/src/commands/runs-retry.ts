import { findShortfall, retryRun, type RetryOutcome, type Run } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { describeOutcome } from '../output/run-sentence.js';
import { describeOriginal } from '../output/shortfall.js';
import { note, say } from '../output/terminal.js';
import { authorOfCommand } from '../runtime/actor.js';
import { carryThrough } from '../runtime/carry-through.js';
import { syncPerson } from '../runtime/sync-person.js';
import { unknownRun } from './runs-show.js';

/** What `runs retry` may be told. */
export interface RetryCommandOptions {
  whole?: true;
  wait?: true;
  json?: true;
}

/** `passerelle runs retry ID` */
export async function retryRunCommand(
  context: Context,
  id: number,
  { whole, ...options }: RetryCommandOptions,
): Promise<ExitCode> {
  const { runs } = await context.stores();
  const run = await runs.getRun(id);
  if (run !== null && run.userId !== null && run.endedAt !== null && run.state !== 'succeeded') {
    return syncPerson(context, { id: run.userId }, options, run);
  }
  const tell = (ended: Run) => tellEnd(context, ended);
  const carry = {
    ...options,
    ...(typeof run?.siteCode === 'string' ? { site: run.siteCode } : {}),
    ...(whole ? {} : { retryOf: id }),
    ...(options.json ? {} : { tell }),
  };
  return carryThrough(context, carry, async (sync) => {
    const outcome = await retryRun(sync, id, { whole: whole === true, author: authorOfCommand() });
    if (outcome.outcome === 'not_retryable' || outcome.outcome === 'nothing_missing') {
      throw notRetried(id, outcome);
    }
    tellScope(context, run, outcome.run, whole === true);
    return outcome;
  });
}

/** Said where everything is read although only some of it was missing. */
function tellScope({ terminal }: Context, original: Run | null, run: Run, whole: boolean): void {
  if (whole || original?.state !== 'partial' || original.dryRun || run.onlyMissing) return;
  note(
    terminal,
    `What run ${original.id} lacked cannot be read by itself; run ${run.id} reads everything.`,
  );
}

async function tellEnd(context: Context, run: Run): Promise<void> {
  say(context.terminal, describeOutcome(run, context.format));
  const { runs } = await context.stores();
  const original = run.retryOfId === null ? null : await runs.getRun(run.retryOfId);
  if (!run.onlyMissing || original === null) return;
  const shortfall = await findShortfall({ runs }, original);
  if (shortfall.lacked.length > 0) say(context.terminal, describeOriginal(original, shortfall));
}

function notRetried(
  id: number,
  outcome: Extract<RetryOutcome, { outcome: 'not_retryable' | 'nothing_missing' }>,
): Error {
  if (outcome.outcome === 'nothing_missing') {
    return new CommandError(
      `Nothing of run ${id} is missing any more: run ${outcome.readBy.id} has read it. "passerelle runs retry ${id} --whole" reads everything again.`,
    );
  }
  if (outcome.run === null) return unknownRun(id);
  return new CommandError(
    outcome.run.state === 'succeeded'
      ? `Run ${id} succeeded; "passerelle tasks run ${outcome.run.task}" runs its task again.`
      : `Run ${id} is still under way (${outcome.run.state}); cancel it first, or wait for its end.`,
  );
}
