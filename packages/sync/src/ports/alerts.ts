import type { ScheduleFields, TaskName } from '@passerelle/roster';
import type { AlertFacts, AlertKind } from '../alerts/facts.js';
import type { AlertMessage } from '../alerts/compose-message.js';

/** What the rules look at of one task. */
export interface TaskObservation extends ScheduleFields {
  name: TaskName;
  disabled: boolean;
  nextRunAt: Date | null;
  /** Start of the last run that succeeded. */
  lastGoodAt: Date | null;
  /** Since when its schedule is as it is: before, nothing could be expected of it. */
  scheduledSince: Date;
  /** A dry run is under way, which due dates wait for. */
  rehearses: boolean;
  /** Its newest run that waits for a decision. */
  held: { runId: number; at: Date } | null;
  /** Its newest run of everything that arrived whole. */
  lastComplete: { runId: number; read: number; rejected: number } | null;
}

/** Jobs of one queue that nobody has begun yet. */
export interface QueueBacklog {
  queue: string;
  waiting: number;
  active: number;
  delayed: number;
  /** When the oldest of the waiting was put there; null: none waits. */
  oldestAt: Date | null;
}

/** What waits on the queue. */
export interface QueueGauge {
  backlog(): Promise<QueueBacklog[]>;
}

/** One state that somebody should know of, from its first sight to its end. */
export interface Alert {
  /** Null: not stored yet. */
  id: number | null;
  /** What it is about; one is open at most. */
  key: string;
  kind: AlertKind;
  /** What its sentences are made of, as last seen. */
  facts: AlertFacts;
  /** When the state was first seen, and last. */
  since: Date;
  lastSeenAt: Date;
  /** When it had held for long enough to be worth a word; null: not yet. */
  startedAt: Date | null;
  /** Since when it no longer holds; null: it does. */
  clearSince: Date | null;
  endedAt: Date | null;
  /** What was said of it, by channel. */
  told: Partial<Record<ChannelName, Told>>;
}

export type Told = 'begun' | 'ended';

export const CHANNELS = ['webhook', 'email'] as const;
export type ChannelName = (typeof CHANNELS)[number];

/** One message on its way through one channel. */
export interface Delivery {
  /** The same in each try: whoever has had it already knows it again. */
  id: string;
  channel: ChannelName;
  message: AlertMessage;
  createdAt: Date;
  /** Tries so far, the one under way included. */
  attempts: number;
}

/** A delivery as `doctor` and the API show it. */
export interface DeliveryState extends Omit<Delivery, 'message'> {
  nextAttemptAt: Date;
  deliveredAt: Date | null;
  /** When it was given up. */
  abandonedAt: Date | null;
  /** A short code of the last failure; never what a server said. */
  lastError: string | null;
}

/** What a round of the watch leaves behind. */
export interface RoundResult {
  /** New and changed ones; those that ended before they began are given with `startedAt` null. */
  alerts: readonly Alert[];
  deliveries: readonly Pick<Delivery, 'id' | 'channel' | 'message'>[];
}

/** Alerts and their messages. Times are the cluster's. */
export interface AlertStore {
  /**
   * Gives the round to one of all the processes that ask.
   * @param minAgeMs only if nobody has had one for so long
   * @returns its number; null: another has just looked
   */
  claimRound(minAgeMs: number, now: Date): Promise<number | null>;
  /** Writes what a round found, in one transaction; false: another round has begun meanwhile, and nothing was written. */
  saveRound(round: number, result: RoundResult, now: Date): Promise<boolean>;
  observeTasks(): Promise<TaskObservation[]>;
  /** Those that have not ended, and those that somebody has yet to be told the end of. */
  openAlerts(): Promise<Alert[]>;
  /** How many alerts of each key began since then. */
  countStarts(since: Date): Promise<ReadonlyMap<string, number>>;
  /** Begun ones, newest first; a page's cursor is the id of its last. */
  listAlerts(filter: { open?: boolean; beforeId?: number; limit: number }): Promise<Alert[]>;
  /** The newest message of each channel. */
  lastDeliveries(): Promise<DeliveryState[]>;
  /** A message whose time has come, which is nobody else's for `leaseMs`. */
  claimDelivery(
    channels: readonly ChannelName[],
    leaseMs: number,
    now: Date,
  ): Promise<Delivery | null>;
  /** It has arrived. */
  endDelivery(id: string, now: Date): Promise<void>;
  /** It has not; it is tried again then. */
  postponeDelivery(id: string, error: string, nextAttemptAt: Date): Promise<void>;
  /** It never will: the next message of the channel tells of all that holds by then. */
  abandonDelivery(
    delivery: Pick<Delivery, 'id' | 'channel'>,
    error: string,
    now: Date,
  ): Promise<void>;
}

/** How a message was received: by some at least, or by nobody, with a short code that says why. */
export type SendResult = { ok: true; refused?: number } | { ok: false; error: string };

/** A way to tell somebody. Sending has a time limit of its own and throws nothing. */
export interface AlertChannel {
  name: ChannelName;
  /** @param signal aborted when the process is to end */
  send(delivery: Pick<Delivery, 'id' | 'message'>, signal: AbortSignal): Promise<SendResult>;
}
