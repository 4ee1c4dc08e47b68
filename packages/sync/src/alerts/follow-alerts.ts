import type { Alert } from '../ports/alerts.js';
import type { AlertFindings } from './evaluate-alerts.js';
import { ALERT_KINDS, alertKey, type AlertFacts } from './facts.js';

const MINUTE_MS = 60_000;
/** How long a state must be gone before that is told. */
const CLEAR_MS = 5 * MINUTE_MS;
/** And what that grows to with a state that comes and goes. */
const LONGEST_CLEAR_MS = 4 * 60 * MINUTE_MS;
/** Who was not looked at for so long may have been anything meanwhile. */
const UNSEEN_MS = 5 * MINUTE_MS;

/** What is known when a round looks. */
export interface AlertMemory {
  /** Not ended, or with an end yet to be told of. */
  open: readonly Alert[];
  /** How often each key has begun within the last day. */
  startsByKey: ReadonlyMap<string, number>;
}

/**
 * Brings the alerts up to what was found. A state must hold for a while before it
 * begins, and be gone for a while before it ends; the more often it has begun within
 * a day, the longer it must be gone, so that one that comes and goes stays one alert.
 *
 * @returns those that are new or changed; pending ones that went again have ended without having begun
 */
export function followAlerts(memory: AlertMemory, findings: AlertFindings, now: Date): Alert[] {
  const foundByKey = new Map(findings.found.map((facts) => [alertKey(facts), facts]));
  const open = memory.open.filter(({ endedAt }) => endedAt === null);
  const known = new Set(open.map(({ key }) => key));
  const followed = open.flatMap((alert) => {
    const facts = foundByKey.get(alert.key);
    if (facts !== undefined) return [seeAgain(alert, facts, now)];
    if (findings.unknown.includes(alert.kind)) return [];
    return [missIt(alert, memory.startsByKey.get(alert.key) ?? 0, now)];
  });
  const fresh = [...foundByKey].filter(([key]) => !known.has(key));
  return [
    ...followed,
    ...fresh.map(([key, facts]) => seeAgain(newAlert(key, facts, now), facts, now)),
  ];
}

function newAlert(key: string, facts: AlertFacts, now: Date): Alert {
  return {
    ...{ id: null, key, kind: facts.kind, facts, since: now, lastSeenAt: now },
    ...{ startedAt: null, clearSince: null, endedAt: null, told: {} },
  };
}

function seeAgain(alert: Alert, facts: AlertFacts, now: Date): Alert {
  const isUnsure =
    alert.startedAt === null && now.getTime() - alert.lastSeenAt.getTime() > UNSEEN_MS;
  const since = isUnsure ? now : alert.since;
  const holds = now.getTime() - since.getTime() >= ALERT_KINDS[alert.kind].holdMs;
  return {
    ...alert,
    ...{ facts, since, lastSeenAt: now, clearSince: null },
    startedAt: alert.startedAt ?? (holds ? now : null),
  };
}

function missIt(alert: Alert, starts: number, now: Date): Alert {
  if (alert.startedAt === null) return { ...alert, endedAt: now };
  const clearSince = alert.clearSince ?? now;
  const isOver = now.getTime() - clearSince.getTime() >= clearMs(starts);
  return { ...alert, clearSince, endedAt: isOver ? now : null };
}

function clearMs(starts: number): number {
  return Math.min(LONGEST_CLEAR_MS, CLEAR_MS * 2 ** Math.max(0, starts - 1));
}
