import { randomUUID } from 'node:crypto';
import type { Log } from '../context.js';
import type {
  Alert,
  AlertChannel,
  AlertStore,
  DeliveryState,
  QueueGauge,
  Told,
} from '../ports/alerts.js';
import type { MemberStore } from '../ports/member-store.js';
import type { SourceStateStore } from '../ports/source-state.js';
import { composeMessage } from './compose-message.js';
import { deliverMessages } from './deliver-messages.js';
import { type AlertFindings, type AlertThresholds, evaluateAlerts } from './evaluate-alerts.js';
import { followAlerts } from './follow-alerts.js';

/** What the watch over alerts is built from. */
export interface AlertDeps {
  store: AlertStore;
  queue: QueueGauge;
  members: Pick<MemberStore, 'listMembers'>;
  sourceState: Pick<SourceStateStore, 'read'>;
  blackoutEnd: (now: Date) => Date | null;
  thresholds: AlertThresholds;
  channels: readonly AlertChannel[];
  /** What the installation is called in its messages. */
  name: string;
  now: () => Date;
  timeZone: string;
  /** Shows a date in the centre's time zone. */
  time: (at: Date) => string;
  log: Log;
  /** Aborted when the process is to end. */
  signal: AbortSignal;
}

/** How a process watches. */
export interface WatchOptions {
  /** It looks only if no process has for so long, in milliseconds. */
  minAgeMs: number;
  /** Pause between two messages of a channel, in milliseconds: what happens meanwhile goes into one. */
  messageGapMs?: number;
}

const MESSAGE_GAP_MS = 10 * 60_000;
/** A process gives a sign of life every 5 s. */
const MEMBERS_SEEN_MS = 30_000;
const DAY_MS = 86_400_000;

/**
 * One round: looks if nobody else has just looked, writes what began and ended, and
 * passes messages on whose time has come. Any number of processes may do it at once.
 */
export async function watchAlerts(deps: AlertDeps, options: WatchOptions): Promise<void> {
  const round = await deps.store.claimRound(options.minAgeMs, deps.now());
  if (round !== null) await lookAround(deps, round, options.messageGapMs ?? MESSAGE_GAP_MS);
  await deliverMessages(deps);
}

/** What holds now, by the rules; nothing is written. */
export async function findAlerts(
  deps: Omit<AlertDeps, 'channels' | 'name' | 'time' | 'signal'>,
): Promise<AlertFindings> {
  const now = deps.now();
  const [tasks, source, queue, members] = await Promise.all([
    deps.store.observeTasks(),
    deps.sourceState.read(),
    backlogOf(deps),
    deps.members.listMembers(new Date(now.getTime() - MEMBERS_SEEN_MS)),
  ]);
  const { restingSince, failures } = source.state.breaker;
  return evaluateAlerts(
    {
      ...{ now, timeZone: deps.timeZone, blackoutEnd: deps.blackoutEnd, tasks, queue },
      source: { restingSince: restingSince === null ? null : new Date(restingSince), failures },
      members: members.map(({ role, host, vitals }) => ({
        ...{ role, host },
        diskFreeBytes: vitals?.diskFreeBytes ?? null,
      })),
    },
    deps.thresholds,
  );
}

async function lookAround(deps: AlertDeps, round: number, messageGapMs: number): Promise<void> {
  const findings = await findAlerts(deps);
  const now = deps.now();
  const [open, startsByKey, last] = await Promise.all([
    deps.store.openAlerts(),
    deps.store.countStarts(new Date(now.getTime() - DAY_MS)),
    deps.store.lastDeliveries(),
  ]);
  const changed = followAlerts({ open, startsByKey }, findings, now);
  const current = merge(open, changed);
  const told = new Map<Alert, Alert['told']>();
  const deliveries = deps.channels.flatMap(({ name: channel }) => {
    const before = last.find((delivery) => delivery.channel === channel);
    const isBusy = before !== undefined && !isFree(before, now, messageGapMs);
    const { name: from, time } = deps;
    const composed = isBusy ? null : composeMessage(current, channel, { from, now, time });
    if (composed === null) return [];
    for (const [alert, what] of composed.told) {
      told.set(alert, { ...(told.get(alert) ?? alert.told), [channel]: what satisfies Told });
    }
    return [{ id: randomUUID(), channel, message: composed.message }];
  });
  const alerts = current.flatMap((alert) => {
    const toldNow = told.get(alert);
    if (toldNow !== undefined) return [{ ...alert, told: toldNow }];
    return changed.includes(alert) ? [alert] : [];
  });
  const saved = await deps.store.saveRound(round, { alerts, deliveries }, now);
  if (saved) tellLog(deps.log, open, changed);
}

/** What there is, as it is after the round. */
function merge(open: readonly Alert[], changed: readonly Alert[]): Alert[] {
  const ids = new Set(changed.map(({ id }) => id));
  return [...open.filter(({ id }) => !ids.has(id)), ...changed];
}

/** Its last message has arrived, and was not sent a moment ago; or it never will. */
function isFree(
  { deliveredAt, abandonedAt, createdAt }: DeliveryState,
  now: Date,
  messageGapMs: number,
): boolean {
  if (abandonedAt !== null) return true;
  return deliveredAt !== null && now.getTime() - createdAt.getTime() >= messageGapMs;
}

function tellLog(log: Log, before: readonly Alert[], after: readonly Alert[]): void {
  const begun = new Set(before.filter((alert) => alert.startedAt !== null).map(({ id }) => id));
  for (const { id, key, startedAt, endedAt } of after) {
    if (startedAt === null) continue;
    if (endedAt !== null) log.info({ alert: key }, 'alert ended');
    else if (id === null || !begun.has(id)) log.warn({ alert: key }, 'alert began');
  }
}

async function backlogOf({ queue, log }: Pick<AlertDeps, 'queue' | 'log'>) {
  try {
    return await queue.backlog();
  } catch (error) {
    log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'the queue is not heard');
    return null;
  }
}
