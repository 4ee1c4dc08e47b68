import { hostname } from 'node:os';
import type { Context } from '../context.js';
import type { Role } from '../runtime/heartbeat.js';
import { findMembers, nameOfRole } from '../runtime/members.js';
import { broken, type Finding, fine } from './finding.js';

/**
 * Whether a process of this machine (or container) lives in that role: it said
 * so in the database within seconds. One query, cheap enough for a health check.
 */
export async function checkRole(context: Context, role: Role): Promise<Finding[]> {
  const here = (await findMembers(context)).filter(
    (member) => member.role === role && member.host === hostname(),
  );
  if (here.length === 0) {
    return [broken('role', `No ${role} of this machine is alive.`, 'Its log says why.')];
  }
  return here.map(({ pid, startedAt }) =>
    fine(
      'role',
      `${nameOfRole(role)} is alive (process ${pid}), since ${context.format.instant(startedAt)}.`,
    ),
  );
}
