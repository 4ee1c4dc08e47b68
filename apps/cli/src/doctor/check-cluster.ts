import type { Context } from '../context.js';
import { findMembers, nameOfRole } from '../runtime/members.js';
import { describeQueue, tellOfStrangers } from '../runtime/strangers.js';
import { broken, type Finding, fine, warn } from './finding.js';

/** Who is running, and whether that is enough for the schedule to be followed. */
export async function checkCluster(context: Context): Promise<Finding[]> {
  const members = await findMembers(context);
  const strangers = tellOfStrangers(members, describeQueue(await context.queueOptions()));
  const found = members.map(({ role, host, pid, startedAt }) =>
    fine(
      'cluster',
      `${nameOfRole(role)} runs on ${host} (process ${pid}) since ${context.format.instant(startedAt)}.`,
    ),
  );
  const missing = ['scheduler', 'worker'].filter(
    (role) => !members.some((member) => member.role === role),
  );
  return [
    ...found,
    ...(strangers === null ? [] : [broken('cluster', strangers, null)]),
    ...missing.map((role) =>
      warn(
        'cluster',
        `No ${role} is running.`,
        `"passerelle up" or "passerelle ${role}" starts one.`,
      ),
    ),
  ];
}
