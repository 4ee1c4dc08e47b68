import { ALERT_KINDS, alertKey, describeAlert, findAlerts } from '@passerelle/sync';
import type { Context } from '../context.js';
import { openAlerts } from '../runtime/alerts.js';
import { findMembers } from '../runtime/members.js';
import { broken, type Finding, fine, warn } from './finding.js';

/** What somebody is, or soon will be, told of: the rules of the alerts, looked at now. */
export async function checkAlerts(context: Context): Promise<Finding[]> {
  const deps = await openAlerts(context);
  const open = await deps.store.openAlerts();
  // Whoever was killed on this machine is not believed.
  const members = { listMembers: () => findMembers(context) };
  const { found } = await findAlerts({ ...deps, members });
  if (found.length === 0) return [fine('alerts', 'Nothing is worth an alert.')];
  return found.map((facts) => {
    const { message, advice } = describeAlert(facts, deps.time);
    const alert = open.find(({ key, startedAt }) => key === alertKey(facts) && startedAt !== null);
    const since = alert === undefined ? '' : ` An alert since ${deps.time(alert.since)}.`;
    const say = ALERT_KINDS[facts.kind].severity === 'problem' ? broken : warn;
    return say('alerts', `${message.en}${since}`, advice.en);
  });
}
