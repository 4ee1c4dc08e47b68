import { createDatabase, type Database } from '@passerelle/db';
import type { CallRecord, PermitRequest, PermitsFreed } from '@passerelle/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.js';
import { untilTrue } from '../../support/patience.js';

// Two processes' views of one database: what one gives back, the other hears of.

const PATIENT = { interval: 20 };
const LISTENER = `SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND query = 'LISTEN passerelle_permits'`;
const SERVER_LIMIT_MS = 30_000;
const request: PermitRequest = {
  ...{ purpose: 'login', operation: 'getApprenants', siteCode: '3', hardCap: 4, reserved: 0 },
  ...{ withinLimit: false, evenAtRest: true, leaseMs: SERVER_LIMIT_MS },
};
const call: CallRecord = {
  ...{ purpose: 'login', operation: 'getApprenants', siteCode: '3' },
  ...{ outcome: 'ok', ms: 400, bytes: 5, inFlight: 1 },
};

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let waiting: Database;
let freed: PermitsFreed;
let rings = 0;
beforeAll(async () => {
  db = await openTestDatabase();
  waiting = createDatabase(db.url, { poolSize: 2, log: { warn: () => {} } });
  freed = waiting.sourceState.whenFreed(() => {
    rings += 1;
  });
  await untilListening();
});
afterAll(async () => {
  await waiting.close();
  await db.dispose();
});

const untilListening = () =>
  untilTrue(async () => (await db.sql.query(LISTENER)).rows[0]?.pid as number | undefined, PATIENT);

async function takeAndGiveBack(tell = true): Promise<void> {
  const { permit } = await db.sourceState.take(request);
  await db.sourceState.giveBack(
    { permit: { id: permit?.id ?? '', back: 'now' }, call },
    SERVER_LIMIT_MS,
    tell,
  );
}

test('a permit given back rings elsewhere, is free, and its call is written down', async () => {
  expect(freed.isHeard()).toBe(false);
  await takeAndGiveBack();
  await untilTrue(() => rings === 1, PATIENT);
  expect(freed.isHeard()).toBe(true);
  expect((await waiting.sourceState.read()).permits).toEqual([]);
  expect(await waiting.sourceState.calls(new Date(0))).toMatchObject([{ outcomes: { ok: 1 } }]);
});

test('a permit that the next call of its own process is to have rings nowhere', async () => {
  const before = rings;
  await takeAndGiveBack(false);
  expect((await waiting.sourceState.read()).permits).toEqual([]);
  // Notifications arrive in their order: by the second one the first would have been heard.
  await takeAndGiveBack();
  await untilTrue(() => rings > before, PATIENT);
  expect(rings).toBe(before + 1);
});

test('a limit that rises rings, what was learnt otherwise does not', async () => {
  const before = rings;
  const learn = (events: { kind: 'limit_raised'; from: number; to: number }[]) =>
    db.sourceState.settle({}, SERVER_LIMIT_MS, (state) => ({
      ...{ state: { ...state, lastSuccessAt: 1 }, events, result: null },
    }));
  await learn([]);
  await learn([{ kind: 'limit_raised', from: 1, to: 2 }]);
  await untilTrue(() => rings > before, PATIENT);
  expect(rings).toBe(before + 1);
});

test('a connection that breaks is made again, and until then nothing counts as heard', async () => {
  const pid = await untilListening();
  await db.sql.query('SELECT pg_terminate_backend($1)', [pid]);
  await untilTrue(() => !freed.isHeard(), PATIENT);
  await untilListening();
  const before = rings;
  await takeAndGiveBack();
  await untilTrue(() => rings > before, PATIENT);
  expect(freed.isHeard()).toBe(true);
});
