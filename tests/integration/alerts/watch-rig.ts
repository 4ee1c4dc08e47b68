import { createDatabase, type Database } from '@passerelle/db';
import {
  type AlertChannel,
  type AlertDeps,
  type AlertMessage,
  nextDate,
  type QueueBacklog,
  type SendResult,
  watchAlerts,
} from '@passerelle/sync';
import pg from 'pg';
import { createTestDatabase } from '../../support/database.js';

export const MINUTE_MS = 60_000;

/** A message as a channel had it. */
export interface Sent {
  id: string;
  message: AlertMessage;
}

/** Several processes that watch over one database, with a clock of their own. */
export interface WatchRig {
  db: Database;
  sql: pg.Pool;
  clock: { now: Date };
  /** What the queue says; null: it does not answer. */
  queue: { backlog: QueueBacklog[] | null };
  deps(channels: readonly AlertChannel[], differing?: Partial<AlertDeps>): AlertDeps;
  /** Every minute, for so many, all of these look. */
  watch(minutes: number, ...processes: AlertDeps[]): Promise<void>;
  /** Likewise, but not every minute. */
  watchEvery(stepMinutes: number, minutes: number, ...processes: AlertDeps[]): Promise<void>;
  close(): Promise<void>;
}

const NOON = new Date('2026-11-20T12:00:00+01:00');

/** @param answer what a channel makes of a message; by default it arrives */
export function listen(
  answer: (sent: Sent, count: number) => SendResult | Promise<SendResult> = () => ({ ok: true }),
): AlertChannel & { heard: Sent[] } {
  const heard: Sent[] = [];
  return {
    ...{ name: 'webhook', heard },
    send: async (delivery) => {
      const { id, message } = delivery;
      heard.push({ id, message });
      return answer({ id, message }, heard.length);
    },
  };
}

export async function openWatchRig(): Promise<WatchRig> {
  const place = await createTestDatabase();
  const db = createDatabase(place.url, { poolSize: 6, log: { warn: () => {} } });
  const sql = new pg.Pool({ connectionString: place.url, max: 2 });
  const clock = { now: NOON };
  const queue: WatchRig['queue'] = { backlog: [] };
  const log = { info() {}, warn() {}, error() {} };
  await db.tasks.seedTasks(NOON, (fields, after) => nextDate(fields, after, 'Europe/Paris'));
  await db.members.heartbeat(
    { id: 'one', role: 'scheduler', host: 'a.example', pid: 1, queue: '' },
    NOON,
  );
  const watchEvery: WatchRig['watchEvery'] = async (step, minutes, ...processes) => {
    for (let minute = 0; minute < minutes; minute += step) {
      await Promise.all(processes.map((deps) => watchAlerts(deps, { minAgeMs: 10_000 })));
      clock.now = new Date(clock.now.getTime() + step * MINUTE_MS);
    }
  };
  return {
    ...{ db, sql, clock, queue, watchEvery },
    deps: (channels, differing) => ({
      ...{ store: db.alerts, members: { listMembers: async () => members(db) } },
      ...{ sourceState: db.sourceState, blackoutEnd: () => null, channels, log },
      queue: {
        backlog: async () => queue.backlog ?? Promise.reject(new Error('It does not answer.')),
      },
      thresholds: {
        ...{ syncMaxAgeMs: null, sourceRestMs: 30 * MINUTE_MS, rejectedPercent: 5 },
        ...{ queueWaitMs: 15 * MINUTE_MS, diskFreeMb: 1_024 },
      },
      ...{ name: 'cfa.example', now: () => clock.now, timeZone: 'Europe/Paris' },
      time: (at: Date) => at.toISOString(),
      signal: new AbortController().signal,
      ...differing,
    }),
    watch: (minutes, ...processes) => watchEvery(1, minutes, ...processes),
    close: async () => {
      await db.close();
      await sql.end();
      await place.drop();
    },
  };
}

/** Whoever was there once is there still. */
function members(db: Database) {
  return db.members.listMembers(new Date(0));
}
