import { userInfo } from 'node:os';
import { type Run, approveRun, rejectRun, toRunJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError, UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { say, sayJson } from '../output/terminal.js';
import { unknownRun } from './runs-show.js';

/** How a decision on a held run is given. */
export interface DecideOptions {
  reason: string;
  /** The operating system's user, where left out. */
  by?: string;
  json?: true;
}

/** `passerelle runs approve ID` */
export async function approveRunCommand(
  context: Context,
  id: number,
  options: DecideOptions,
): Promise<ExitCode> {
  const result = await approveRun(await depsOf(context), id, decisionOf(options));
  if (result.outcome === 'not_held') throw notHeld(id, result.run);
  if (result.outcome === 'superseded') throw superseded(result.run);
  const { run, applied, leftOut } = result;
  const left = leftOut === 0 ? '' : ` ${counted(leftOut, 'other')} no longer fitted the registry.`;
  const done = `${counted(applied, 'removal')} of run ${id} applied.${left}`;
  return answer(context, run, done, options);
}

/** `passerelle runs reject ID` */
export async function rejectRunCommand(
  context: Context,
  id: number,
  options: DecideOptions,
): Promise<ExitCode> {
  const result = await rejectRun(await depsOf(context), id, decisionOf(options));
  if (result.outcome === 'not_held') throw notHeld(id, result.run);
  const { run, dropped } = result;
  return answer(context, run, `${counted(dropped, 'removal')} of run ${id} dropped.`, options);
}

/** Neither the source nor the queue is needed to decide. */
async function depsOf(context: Context) {
  const { runs, tasks, registry } = await context.stores();
  const { now, log, config } = context;
  const { timeZone, leaving } = config;
  return { runs, tasks, registry, now, log, timeZone, leaving };
}

function decisionOf({ reason, by }: DecideOptions): { by: string; reason: string } {
  const said = reason.trim();
  if (said === '') throw new UsageError('Say why: --reason cannot be empty.');
  const name = (by ?? userInfo().username).trim();
  if (name === '') throw new UsageError('Say who decides: --by cannot be empty.');
  return { by: `cli:${name}`, reason: said };
}

function answer(context: Context, run: Run, done: string, { json }: DecideOptions): ExitCode {
  if (json) sayJson(context.terminal, toRunJson(run));
  else say(context.terminal, done);
  return EXIT.done;
}

function notHeld(id: number, run: Run | null): Error {
  if (run === null) return unknownRun(id);
  if (run.errorKind === 'superseded') return superseded(run);
  const decided = run.decision === null ? '' : ` ${run.decision.by} has decided on it already.`;
  return new CommandError(`Run ${id} waits for no decision (${run.state}).${decided}`);
}

function superseded(run: Run): CommandError {
  return new CommandError(
    `Nothing of run ${run.id} can be applied any more. ${run.error ?? ''} "passerelle runs list --task ${run.task}" shows the runs since.`,
  );
}
