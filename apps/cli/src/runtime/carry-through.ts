import type { RunState } from '@passerelle/roster';
import { type RequestOutcome, type Run, type SyncContext, toRunJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { describeOutcome } from '../output/run-sentence.js';
import { note, say, sayJson } from '../output/terminal.js';
import { findMembers } from './members.js';
import { requireSource } from './require-source.js';
import { startTemporaryWorker } from './temporary-worker.js';
import { watchRun } from './watch-run.js';

/** How `tasks run` and `runs retry` may be told to behave. */
export interface CarryOptions {
  wait?: true;
  json?: true;
  /** The site that the run is limited to. */
  site?: string;
  /** A run that only shows what it would do is always waited for. */
  dryRun?: true;
  /** Of this run the missing parts would do. */
  retryOf?: number;
  /** Tells of its end in another way. */
  tell?: (run: Run) => Promise<void>;
}

/**
 * Requests a run and sees it through: with a worker in the cluster it is only
 * enqueued, unless `wait` is set; with none, this process works until the run
 * has ended.
 */
export async function carryThrough(
  context: Context,
  options: CarryOptions,
  request: (sync: SyncContext) => Promise<RequestOutcome>,
): Promise<ExitCode> {
  const sync = await context.sync();
  const workers = (await findMembers(context)).filter(({ role }) => role === 'worker');
  if (workers.length === 0) requireSource(await context.source());
  const asked = await request(sync);
  if (asked.outcome === 'busy' && workers.length > 0) throw busy(asked.run);
  tellOutcome(context, asked);
  const { run } = readsOtherwise(asked, options)
    ? await finishFirst(context, sync, asked.run, request)
    : asked;
  if (workers.length > 0 && !options.wait && !options.dryRun) {
    if (options.json) sayJson(context.terminal, toRunJson(run));
    else say(context.terminal, `Run ${run.id} of ${run.task} is on the queue.`);
    return EXIT.done;
  }
  const ended = await seeThrough(context, sync, run, workers.length === 0);
  if (options.tell !== undefined) await options.tell(ended);
  else if (options.json) sayJson(context.terminal, toRunJson(ended));
  else say(context.terminal, describeOutcome(ended, context.format));
  return exitCodeOf(ended.state);
}

/** What a run's state means for whoever waited for it. */
export function exitCodeOf(state: RunState): ExitCode {
  if (state === 'held' || state === 'partial') return EXIT.attention;
  return state === 'failed' || state === 'cancelled' ? EXIT.failed : EXIT.done;
}

/**
 * A run that was left unfinished is not what was asked for, if it is of another site or
 * of all, or dry, or reads only what another lacked.
 */
function readsOtherwise({ outcome, run }: RequestOutcome, options: CarryOptions): boolean {
  const { site = null, dryRun = false, retryOf = null } = options;
  const readsTooLittle = run.onlyMissing && run.retryOfId !== retryOf;
  return outcome === 'busy' && (run.siteCode !== site || run.dryRun !== dryRun || readsTooLittle);
}

async function finishFirst(
  context: Context,
  sync: SyncContext,
  left: Run,
  request: (sync: SyncContext) => Promise<RequestOutcome>,
): Promise<RequestOutcome> {
  await seeThrough(context, sync, left, true);
  const asked = await request(sync);
  if (asked.outcome === 'busy') throw busy(asked.run);
  return asked;
}

async function seeThrough(
  context: Context,
  sync: SyncContext,
  run: Run,
  alone: boolean,
): Promise<Run> {
  const worker = alone ? await startTemporaryWorker(context) : null;
  try {
    return await watchRun(context, sync.runs, run);
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new CommandError(
      `Stopped waiting. Run ${run.id} goes on when a worker runs; "passerelle runs cancel ${run.id}" ends it.`,
    );
  } finally {
    await worker?.stop();
  }
}

function tellOutcome({ terminal }: Context, { outcome, run }: RequestOutcome): void {
  if (outcome === 'joined')
    note(terminal, `Run ${run.id} of ${run.task} waits already; joining it.`);
  if (outcome === 'busy') note(terminal, `Taking up run ${run.id}, which was left unfinished.`);
}

function busy(run: Run): CommandError {
  return new CommandError(
    `Run ${run.id} of ${run.task} is under way (${run.dryRun ? 'a dry run' : run.trigger}); a task is run once at a time. ` +
      `"passerelle runs show ${run.id}" tells how far it is.`,
  );
}
