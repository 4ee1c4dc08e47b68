import type { QueueBacklog, TaskObservation } from '../ports/alerts.js';
import type { AlertFacts, AlertKind } from './facts.js';
import { syncDeadline } from './sync-deadline.js';

/** From when on a state is worth an alert. */
export interface AlertThresholds {
  /** How old the last good sync of a task may become; null: what its schedule lets expect. */
  syncMaxAgeMs: number | null;
  /** How long the source may be left alone. */
  sourceRestMs: number;
  /** Records set aside by a complete run, of all it read. */
  rejectedPercent: number;
  /** How long a job may wait for a worker. */
  queueWaitMs: number;
  /** Room that must be free where the data directory is, in megabytes. */
  diskFreeMb: number;
}

/** A process of the cluster, as far as the rules know it. */
export interface MemberObservation {
  role: string;
  host: string;
  /** Null: it does not say. */
  diskFreeBytes: number | null;
}

/** Everything that the rules look at. */
export interface AlertObservations {
  now: Date;
  timeZone: string;
  blackoutEnd: (at: Date) => Date | null;
  tasks: readonly TaskObservation[];
  source: { restingSince: Date | null; failures: number };
  /** Null: the queue does not answer. */
  queue: readonly QueueBacklog[] | null;
  /** Who gave a sign of life lately; nobody: nothing is known of the cluster. */
  members: readonly MemberObservation[];
}

/** What holds at this moment. */
export interface AlertFindings {
  found: AlertFacts[];
  /** Of these nothing could be told: what was known of them stands. */
  unknown: AlertKind[];
}

/** Few records set aside are no sign, whatever their share: three of four tutors, say. */
const REJECTED_FROM = 10;
/** A date that nobody took for so long. Housekeeping takes it after half a minute. */
const OVERDUE_MS = 600_000;
/** Reading may take a night, part after part; that none is begun for so long is none of that. */
const READING_TIMES = 12;
const MEGABYTE = 1024 * 1024;

/** Which states hold that somebody should know of. Pure; says nothing of how long they have. */
export function evaluateAlerts(
  seen: AlertObservations,
  thresholds: AlertThresholds,
): AlertFindings {
  const found = [
    ...seen.tasks.flatMap((task) => [
      ...tooOld(task, seen, thresholds),
      ...held(task),
      ...rejectedShare(task, thresholds),
    ]),
    ...sourceResting(seen, thresholds),
    ...scheduleDead(seen),
    ...queueBacklog(seen, thresholds),
    ...diskFull(seen, thresholds),
  ];
  return { found, unknown: seen.queue === null ? ['queue_backlog'] : [] };
}

function tooOld(
  task: TaskObservation,
  { now, timeZone, blackoutEnd }: AlertObservations,
  { syncMaxAgeMs: maxAgeMs }: AlertThresholds,
): AlertFacts[] {
  const deadline = syncDeadline(task, { maxAgeMs, timeZone, blackoutEnd });
  if (deadline === null || now < deadline) return [];
  const lastGoodAt = task.lastGoodAt?.toISOString() ?? null;
  return [{ kind: 'sync_too_old', task: task.name, lastGoodAt }];
}

function held({ name: task, held: run }: TaskObservation): AlertFacts[] {
  if (run === null) return [];
  return [{ kind: 'run_held', task, runId: run.runId, heldAt: run.at.toISOString() }];
}

function rejectedShare(task: TaskObservation, { rejectedPercent }: AlertThresholds): AlertFacts[] {
  if (task.disabled || task.lastComplete === null) return [];
  const { runId, read, rejected } = task.lastComplete;
  if (rejected < REJECTED_FROM || rejected * 100 <= read * rejectedPercent) return [];
  return [{ kind: 'rejected_share', task: task.name, runId, read, rejected }];
}

function sourceResting(
  { now, source }: AlertObservations,
  { sourceRestMs }: AlertThresholds,
): AlertFacts[] {
  const { restingSince: since, failures } = source;
  if (since === null || now.getTime() - since.getTime() < sourceRestMs) return [];
  return [{ kind: 'source_resting', since: since.toISOString(), failures }];
}

/** Somebody is there who is no scheduler, or a date has passed that nobody took. */
function scheduleDead({ now, tasks, members }: AlertObservations): AlertFacts[] {
  const enabled = tasks.filter(({ disabled }) => !disabled);
  const overdue = enabled.filter(
    ({ nextRunAt, rehearses }) =>
      nextRunAt !== null && !rehearses && now.getTime() - nextRunAt.getTime() > OVERDUE_MS,
  );
  const scheduler = members.some(({ role }) => role === 'scheduler');
  const isMissing = !scheduler && members.length > 0 && enabled.length > 0;
  if (overdue.length === 0 && !isMissing) return [];
  return [{ kind: 'schedule_dead', tasks: overdue.map(({ name }) => name), scheduler }];
}

function queueBacklog(
  { now, queue, members }: AlertObservations,
  { queueWaitMs }: AlertThresholds,
): AlertFacts[] {
  if (queue === null) return [{ kind: 'queue_unreachable' }];
  const workers = members.filter(({ role }) => role === 'worker').length;
  return queue.flatMap(({ queue: name, waiting, active, oldestAt }) => {
    if (oldestAt === null) return [];
    const isRead = name === 'fetch' && active > 0;
    const allowedMs = isRead ? queueWaitMs * READING_TIMES : queueWaitMs;
    if (now.getTime() - oldestAt.getTime() < allowedMs) return [];
    return [
      { kind: 'queue_backlog', queue: name, waiting, oldestAt: oldestAt.toISOString(), workers },
    ];
  });
}

/** Once for each machine, whatever runs on it. */
function diskFull({ members }: AlertObservations, { diskFreeMb }: AlertThresholds): AlertFacts[] {
  const freeByHost = new Map<string, number>();
  for (const { host, diskFreeBytes } of members) {
    if (diskFreeBytes === null) continue;
    freeByHost.set(host, Math.min(diskFreeBytes, freeByHost.get(host) ?? Infinity));
  }
  return [...freeByHost].flatMap(([host, bytes]): AlertFacts[] => {
    const freeMb = Math.floor(bytes / MEGABYTE);
    return freeMb < diskFreeMb ? [{ kind: 'disk_full', host, freeMb }] : [];
  });
}
