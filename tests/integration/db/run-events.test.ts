import type { PlannedPart } from '@passerelle/roster';
import type { Run, RunEvent } from '@passerelle/sync';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NOW, openTestDatabase } from './open-test-database.js';
import { untilTrue } from '../../support/patience.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  db = await openTestDatabase();
});
afterEach(async () => {
  for (const run of await db.runs.activeRuns()) await db.runs.endRun(run.id, 'failed', null, NOW);
});
afterAll(() => db.dispose());

const part = (siteCode: string): PlannedPart => ({
  ...{ reading: 'students', periodCode: null, siteCode, groupCode: null, page: null },
});

async function startRun(options: { siteCode?: string; parts?: number } = {}): Promise<Run> {
  const { siteCode, parts = 2 } = options;
  const { run } = await db.runs.requestRun(
    { task: 'sync_students', trigger: 'manual', ...(siteCode === undefined ? {} : { siteCode }) },
    NOW,
  );
  const planned = Array.from({ length: parts }, (_, index) => part(String(index + 1)));
  await db.runs.startRun(run.id, planned, NOW);
  return run;
}

const short = ({ part: number, state }: RunEvent) =>
  number === null ? state : `${number} ${state}`;
const logOf = async ({ id }: Run) => (await db.runEvents.list(id, { limit: 100 })).items;
const figures = { read: 7, staged: 7, rejected: 1, bytes: 900, total: null };
const failure = { kind: 'overload', sentence: 'NetYParéo answered 502.' };

describe('the log of a run', () => {
  test('tells what became of it and its parts, in that order', async () => {
    const run = await startRun();
    await db.runs.beginPart(run.id, 1, NOW);
    await db.runs.beginPart(run.id, 2, NOW);
    await db.runs.postponePart(run.id, 2, 1, 1, failure);
    await db.runs.completePart(run.id, 1, 1, figures, [], NOW);
    const until = new Date('2026-10-01T02:41:00.000Z');
    await db.runs.markWaiting(run.id, { reason: 'source', until });
    await db.runs.markWaiting(run.id, { reason: 'source', until });
    await db.runs.beginPart(run.id, 2, NOW);
    await db.runs.failPart(run.id, 2, 2, failure, NOW);
    await db.runs.endRun(run.id, 'failed', failure, NOW);

    const events = await logOf(run);
    expect(events.map(short)).toEqual([
      ...['queued', 'running', '2 pending', '1 done', 'waiting', 'running', '2 failed', 'failed'],
    ]);
    expect(events[3]?.detail).toEqual({ reading: 'students', site: '1', read: 7, rejected: 1 });
    expect(events[4]?.detail).toMatchObject({ reason: 'source' });
    expect(new Date(events[4]?.detail.until ?? '')).toEqual(until);
    expect(events.at(-1)?.detail).toEqual({ kind: 'overload', error: failure.sentence });
  });

  test('is read page by page, each event once', async () => {
    const run = await startRun();
    await db.runs.endRun(run.id, 'cancelled', null, NOW);
    const whole = await logOf(run);
    const first = await db.runEvents.list(run.id, { limit: 2 });
    expect(first.items).toEqual(whole.slice(0, 2));
    const cursor = first.nextCursor ?? '';
    const second = await db.runEvents.list(run.id, { limit: 2, cursor });
    expect(second).toEqual({ items: whole.slice(2), nextCursor: null });
    await expect(db.runEvents.list(run.id, { limit: 2, cursor: "1'--" })).rejects.toThrow(/cursor/);
  });
});

describe('whoever follows', () => {
  test('misses nothing, however the transactions of many writers come to their end', async () => {
    const run = await startRun({ parts: 40 });
    const start = await db.runEvents.last();
    const seen: string[] = [];
    let position = start;
    const look = async (): Promise<void> => {
      for (const { id, part: number } of await db.runEvents.after(position, {}, 1_000)) {
        seen.push(String(number));
        position = id;
      }
    };
    // Each writer holds its transaction open for a moment of its own after its change.
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      const client = new pg.Client({ connectionString: db.url });
      await client.connect();
      for (let number = writer + 1; number <= 40; number += 8) {
        await client.query('BEGIN');
        await client.query(
          `UPDATE sync_run_parts SET state = 'done' WHERE run_id = $1 AND number = $2`,
          [run.id, number],
        );
        await client.query(`SELECT pg_sleep($1)`, [((number * 7) % 5) / 200]);
        await client.query('COMMIT');
      }
      await client.end();
    });
    const state = { left: true };
    const written = Promise.all(writers).then(() => {
      state.left = false;
    });
    while (state.left) await look();
    await written;
    await look();

    expect(seen.toSorted((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 40 }, (_, index) => String(index + 1)),
    );
  });

  test('waits for a number that another is about to give', async () => {
    const start = await db.runEvents.last();
    const run = await startRun();
    const other = new pg.Client({ connectionString: db.url });
    await other.connect();
    try {
      await other.query('BEGIN');
      await other.query('SELECT number_run_events()');
      await db.runs.endRun(run.id, 'cancelled', null, NOW);
      const seen = db.runEvents.after(start, { runId: run.id }, 100);
      await untilTrue(() => isWaitedFor(other));
      await other.query('COMMIT');

      expect((await seen).map(short)).toEqual(['queued', 'running', 'cancelled']);
    } finally {
      await other.end();
    }
  });

  test('one site sees runs of that site only', async () => {
    const start = await db.runEvents.last();
    const ofSite = await startRun({ siteCode: '2' });
    await db.runs.endRun(ofSite.id, 'cancelled', null, NOW);
    await startRun();

    const scope = { reach: ['2', '3'] };
    const seen = await db.runEvents.after(start, scope, 100);
    expect(new Set(seen.map(({ runId }) => runId))).toEqual(new Set([ofSite.id]));
    expect(await db.runEvents.after(start, { ...scope, runId: ofSite.id + 1 }, 100)).toEqual([]);
    expect(await db.runEvents.after(start, { reach: [] }, 100)).toEqual([]);
  });
});

test('an event goes with its run', async () => {
  const run = await startRun();
  await db.runs.endRun(run.id, 'cancelled', null, NOW);
  const later = new Date(NOW.getTime() + 1_000);
  await db.retention.trim({ runs: later, changes: NOW, rejected: NOW, audit: NOW });
  expect(await db.runs.getRun(run.id)).toBeNull();
  expect(await logOf(run)).toEqual([]);
});

async function isWaitedFor(client: pg.Client): Promise<boolean> {
  const { rowCount } = await client.query(
    `SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()`,
  );
  return rowCount === 1;
}
