import { ListenError } from '@passerelle/api';
import type { RegistrySummary, Run, SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError } from '../errors.js';
import type { ExitCode } from '../exit-codes.js';
import { toDemoJson } from '../json/demo.js';
import { note, say, sayJson } from '../output/terminal.js';
import { announceApi } from '../runtime/announce-api.js';
import { findMembers, nameOfRole } from '../runtime/members.js';
import { type RunningRole, startRole } from '../runtime/roles.js';
import { untilAborted } from '../runtime/signals.js';
import { exitCodeOfAll } from './exit-code.js';
import { runTasks } from './run-tasks.js';
import { createScheduleGate } from './schedule-gate.js';
import { describeDemo } from './summary.js';

export interface DemoOptions {
  once: boolean;
  json: boolean;
  /** How far the simulated centre's day is from today, in milliseconds. */
  clockOffsetMs: number;
}

/**
 * A whole cluster on a simulated centre: runs the seven tasks once, tells what
 * came of it, and stays up unless it is to be done once.
 */
export async function runDemo(context: Context, options: DemoOptions): Promise<ExitCode> {
  await refuseCompany(context);
  const gate = createScheduleGate(await context.sync());
  const roles: RunningRole[] = [];
  try {
    roles.push(await startRole(context, 'scheduler', gate.context));
    roles.push(await startRole(context, 'worker', shiftClock(gate.context, options.clockOffsetMs)));
    roles.push(await startDemoApi(context, gate.context));
    const runs = await runTasks(context, gate.context);
    const registry = await (await context.stores()).users.summary();
    tell(context, options, runs, registry);
    if (!options.once) {
      await gate.open();
      await announceApi(context, roles);
      note(context.terminal, 'The cluster stays up and follows its schedule. Ctrl-C stops.');
      await untilAborted(context.signal);
    }
    return exitCodeOfAll(runs.map(({ state }) => state));
  } catch (error) {
    if (!context.signal.aborted) throw error;
    throw new CommandError('Stopped before all tasks had run.');
  } finally {
    for (const role of roles.reverse()) await role.stop();
  }
}

function tell(
  context: Context,
  { json }: DemoOptions,
  runs: readonly Run[],
  registry: RegistrySummary,
): void {
  if (json) sayJson(context.terminal, toDemoJson(runs, registry));
  else say(context.terminal, describeDemo(context, runs, registry));
}

/** On the port of the settings or, where that is taken, on any: a demo stands beside anything. */
async function startDemoApi(context: Context, sync: SyncContext): Promise<RunningRole> {
  try {
    return await startRole(context, 'api', sync);
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const { config } = context;
    const anyPort = { ...config, http: { ...config.http, port: 0 } };
    return startRole({ ...context, config: anyPort }, 'api', sync);
  }
}

/** Workers of another cluster would take the demo's jobs to a source of their own. */
async function refuseCompany(context: Context): Promise<void> {
  const [other] = (await findMembers(context)).filter(({ role }) => role !== 'command');
  if (other === undefined) return;
  throw new CommandError(
    `${nameOfRole(other.role)} is running on this database already (process ${other.pid} on ${other.host}). ` +
      'Stop it, or give the demo a data directory of its own: PASSERELLE_DATA_DIR=./data-demo.',
  );
}

/** The days of a run are those of the simulated centre. */
function shiftClock(sync: SyncContext, offsetMs: number): SyncContext {
  if (offsetMs === 0) return sync;
  return { ...sync, now: () => new Date(sync.now().getTime() + offsetMs) };
}
