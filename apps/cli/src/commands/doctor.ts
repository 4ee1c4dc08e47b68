import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { Context } from '../context.js';
import { checkRole, CHECKED_ROLES } from '../doctor/check-role.js';
import { sendTestAlert } from '../doctor/check-delivery.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { oneOf } from '../options.js';
import { say, sayJson } from '../output/terminal.js';

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
    .action((options: DoctorOptions) => app.perform((context) => doctor(context, options)));
}

interface DoctorOptions {
  role?: (typeof CHECKED_ROLES)[number];
  sendTestAlert?: true;
  json?: true;
}

async function doctor(context: Context, options: DoctorOptions): Promise<ExitCode> {
  const findings = await find(context, options);
  const ok = !findings.some(({ state }) => state === 'problem');
  if (options.json) sayJson(context.terminal, { ok, findings });
  else say(context.terminal, renderFindings(findings, ok));
  return ok ? EXIT.done : EXIT.failed;
}

function find(context: Context, { role, sendTestAlert: test }: DoctorOptions): Promise<Finding[]> {
  if (test) return sendTestAlert(context);
  return role === undefined ? examine(context) : checkRole(context, role);
}

const SIGNS: Record<Finding['state'], string> = { ok: '  ', warning: '! ', problem: 'X ' };

function renderFindings(findings: readonly Finding[], ok: boolean): string {
  const width = Math.max(...findings.map(({ about }) => about.length));
  const indent = ' '.repeat(width + 4);
  const lines = findings.flatMap(({ about, state, message, advice }) => [
    `${SIGNS[state]}${about.padEnd(width)}  ${message.replaceAll('\n', `\n${indent}`)}`,
    ...(advice === null ? [] : [`${indent}→ ${advice}`]),
  ]);
  const end = ok ? 'Nothing is broken.' : 'X marks what is broken.';
  return [...lines, '', end].join('\n');
}
