import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import { oneOf } from '../options.js';
import type { Role } from '../runtime/heartbeat.js';
import type { DoctorOptions } from './doctor-tell.js';

/** The roles that a health check can ask for. */
const CHECKED_ROLES = ['scheduler', 'worker', 'api'] as const satisfies readonly Role[];

/** `passerelle doctor` */
export function addDoctorCommand(program: Command, app: App): void {
  addCommand(program, {
    usage: 'doctor',
    summary: 'what is configured, what is reachable, and what to do about it',
    more: 'Exit status: 0 nothing is broken, 1 something is.',
    examples: [
      ['passerelle doctor', 'when something does not work'],
      ['passerelle doctor --send-test-alert', 'whether alerts would arrive'],
      ['passerelle doctor --role worker', 'a health check: is the worker of this machine alive'],
    ],
  })
    .option(
      '--role <role>',
      'look only whether a scheduler or worker of this machine is alive',
      oneOf('role', CHECKED_ROLES),
    )
    .option('--send-test-alert', 'only send a test message to where alerts go')
    .option('--json', 'print one JSON document')
    .action((options: DoctorOptions) =>
      app.perform(async (c) => (await import('./doctor-tell.js')).tellFindings(c, options)),
    );
}
