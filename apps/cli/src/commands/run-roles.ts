import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note } from '../output/terminal.js';
import { announceApi } from '../runtime/announce-api.js';
import { boundHeap } from '../runtime/bound-heap.js';
import type { Role } from '../runtime/heartbeat.js';
import { type RunningRole, startRole } from '../runtime/roles.js';
import { untilAborted } from '../runtime/signals.js';

/** Runs roles in this process until it is told to stop; the last started stops first. */
export async function runRoles(context: Context, roles: readonly Role[]): Promise<ExitCode> {
  boundHeap();
  const running: RunningRole[] = [];
  try {
    for (const role of roles) running.push(await startRole(context, role));
    await announceApi(context, running);
    note(context.terminal, `Running: ${roles.join(', ')}. Ctrl-C stops.`);
    await untilAborted(context.signal);
  } finally {
    for (const role of running.reverse()) await role.stop();
  }
  return EXIT.done;
}
