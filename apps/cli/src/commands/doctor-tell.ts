import type { Context } from '../context.js';
import { checkRole } from '../doctor/check-role.js';
import { sendTestAlert } from '../doctor/check-delivery.js';
import { examine } from '../doctor/examine.js';
import type { Finding } from '../doctor/finding.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { say, sayJson } from '../output/terminal.js';
import type { Role } from '../runtime/heartbeat.js';

/** What is looked at, and in which form it is told. */
export interface DoctorOptions {
  role?: Role;
  sendTestAlert?: true;
  json?: true;
}

/** `passerelle doctor` */
export async function tellFindings(context: Context, options: DoctorOptions): Promise<ExitCode> {
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
