import type { Context } from '../context.js';
import { checkAlerts } from './check-alerts.js';
import { checkClock } from './check-clock.js';
import { checkCluster } from './check-cluster.js';
import { checkDatabase } from './check-database.js';
import { checkDelivery } from './check-delivery.js';
import { checkDisk } from './check-disk.js';
import { checkHealth } from './check-health.js';
import { checkQueue } from './check-queue.js';
import { checkRights } from './check-rights.js';
import { checkRuns } from './check-runs.js';
import { checkSchedules } from './check-schedules.js';
import { checkSettings } from './check-settings.js';
import { checkSource } from './check-source.js';
import { brokenBy, type Finding } from './finding.js';

type Check = readonly [about: string, check: (context: Context) => Promise<Finding[]>];

const ALWAYS: readonly Check[] = [
  ['settings', checkSettings],
  ['disk', checkDisk],
  ['source', checkSource],
  ['database', checkDatabase],
];
/** Without a database they would all say the same. */
const WITH_DATABASE: readonly Check[] = [
  ['clock', checkClock],
  ['source', checkHealth],
  ['cluster', checkCluster],
  ['runs', checkRuns],
  ['rights', checkRights],
  ['queue', checkQueue],
  ['schedules', checkSchedules],
  ['alerts', checkAlerts],
  ['alerts', checkDelivery],
];

/** Looks at everything; a look that fails is a finding too. */
export async function examine(context: Context): Promise<Finding[]> {
  const findings = await carryOut(context, ALWAYS);
  const hasDatabase = !findings.some(
    ({ about, state }) => about === 'database' && state === 'problem',
  );
  return hasDatabase ? [...findings, ...(await carryOut(context, WITH_DATABASE))] : findings;
}

async function carryOut(context: Context, checks: readonly Check[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [about, check] of checks) {
    findings.push(...(await check(context).catch((error: unknown) => [brokenBy(about, error)])));
  }
  return findings;
}
