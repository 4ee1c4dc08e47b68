import { createDatabase, type Database } from '@passerelle/db';
import type { CallPurpose, PermitRequest, SourceStateStore } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
let others: Database[];
let store: SourceStateStore;
beforeAll(async () => {
  db = await openTestDatabase();
  store = db.sourceState;
  const options = { poolSize: 4, log: { warn: () => {} } };
  others = [1, 2, 3].map(() => createDatabase(db.url, options));
});
beforeEach(async () => {
  await db.sql.query('TRUNCATE source_permits, source_state');
});
afterAll(async () => {
  await Promise.all(others.map((other) => other.close()));
  await db.dispose();
});

const LEASE_MS = 30_000;
const HARD_CAP = 6;

function request(purpose: CallPurpose, more: Partial<PermitRequest> = {}): PermitRequest {
  const isReading = purpose === 'reading';
  return {
    ...{ purpose, operation: 'getApprenants', siteCode: '3', hardCap: HARD_CAP, leaseMs: LEASE_MS },
    ...{ reserved: isReading ? 1 : 0, withinLimit: isReading, evenAtRest: !isReading },
    ...more,
  };
}

async function take(purpose: CallPurpose, more?: Partial<PermitRequest>): Promise<string | null> {
  return (await store.take(request(purpose, more))).permit?.id ?? null;
}

async function allow(calls: number, restingSince: number | null = null): Promise<void> {
  await store.settle({}, 0, (state) => ({
    state: {
      ...state,
      limit: { ...state.limit, current: calls },
      breaker: { ...state.breaker, restingSince },
    },
    ...{ events: [], result: null },
  }));
}

function giveBack(id: string, back: 'now' | 'serverLimit', serverLimitMs = LEASE_MS) {
  return store.settle({ permit: { id, back } }, serverLimitMs, (state) => ({
    ...{ state, events: [], result: null },
  }));
}

async function lapse(ids: readonly string[]): Promise<void> {
  await db.sql.query(
    `UPDATE source_permits SET taken_at = taken_at - interval '1 minute', until = now()
      WHERE permit_id = ANY ($1)`,
    [ids],
  );
}

async function under(purposes: readonly CallPurpose[]): Promise<(string | null)[]> {
  const stores = [store, ...others.map(({ sourceState }) => sourceState)];
  const taken = await Promise.all(
    purposes.map((purpose, index) =>
      (stores[index % stores.length] ?? store).take(request(purpose)),
    ),
  );
  return taken.map(({ permit }) => permit?.id ?? null);
}

/** Connections to this test's database that wait for a lock. */
async function waiting(): Promise<number> {
  const { rowCount } = await db.sql.query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rowCount ?? 0;
}

const many = (count: number, purpose: CallPurpose): CallPurpose[] =>
  Array.from({ length: count }, () => purpose);

test('of fifty who ask at once on four clients no more get a permit than the limit has', async () => {
  await allow(3);
  const ids = (await under(many(50, 'reading'))).filter((id) => id !== null);

  expect(new Set(ids).size).toBe(3);
  expect(ids).toHaveLength(3);
});

test('after a cut the limit counts those in any slot', async () => {
  await allow(5);
  const before = await under(many(5, 'reading'));
  for (const id of before.slice(0, 3)) await giveBack(id ?? '', 'now');
  await allow(3);

  const taken = (await under(many(20, 'reading'))).filter((id) => id !== null);
  expect(taken).toHaveLength(1);
});

test('a taker counts what one who is not yet done takes', async () => {
  await allow(1);
  await giveBack((await take('login')) ?? '', 'now'); // makes the rows
  const gate = await db.sql.connect();
  await gate.query('BEGIN; SELECT pg_advisory_xact_lock(42)');
  await db.sql.query(`
    CREATE FUNCTION hold_up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      PERFORM pg_advisory_xact_lock_shared(42); RETURN NEW; END $$;
    CREATE TRIGGER hold_up BEFORE UPDATE ON source_permits FOR EACH ROW EXECUTE FUNCTION hold_up()`);
  const both = under(many(2, 'reading'));
  await expect.poll(waiting).toBe(2);
  await gate.query('COMMIT');
  gate.release();
  const ids = await both;
  await db.sql.query('DROP FUNCTION hold_up CASCADE');

  expect(ids.filter((id) => id !== null)).toHaveLength(1);
});

test('the hard cap is never passed, whoever asks for what', async () => {
  await allow(HARD_CAP - 1);
  const ids = await under([...many(25, 'login'), ...many(25, 'reading')]);

  expect(ids.filter((id) => id !== null)).toHaveLength(HARD_CAP);
  expect((await store.read()).permits).toHaveLength(HARD_CAP);
  expect(await take('probe')).toBeNull();
});

test('whatever was taken under a higher cap counts when the cap is lowered', async () => {
  await allow(HARD_CAP);
  await under(many(5, 'login'));
  await db.sql.query('UPDATE source_permits SET until = NULL WHERE slot = 1');

  expect(await take('login', { hardCap: 4 })).toBeNull();
  expect(await take('login', { hardCap: 5 })).not.toBeNull();
});

test('reading leaves the first permit to logins, and counts them within its limit', async () => {
  await allow(2);
  expect(await under(many(4, 'reading'))).toContain(null);
  const login = await store.take(request('login'));

  expect(login).toMatchObject({ permit: { inFlight: 3 } });
  const { permits } = await store.read();
  expect(permits.map(({ purpose }) => purpose)).toEqual(['login', 'reading', 'reading']);
  await db.sql.query(`UPDATE source_permits SET until = NULL WHERE slot > 2`);
  expect(await take('reading')).toBeNull();
});

test('with the hard cap as limit reading still leaves one', async () => {
  await allow(HARD_CAP);
  const ids = await under(many(20, 'reading'));

  expect(ids.filter((id) => id !== null)).toHaveLength(HARD_CAP - 1);
  expect(await take('login')).not.toBeNull();
});

test('at rest only those get a permit who may ask even then', async () => {
  await allow(3, 1_000);

  const answer = await store.take(request('reading'));
  expect(answer).toMatchObject({ permit: null, state: { breaker: { restingSince: 1_000 } } });
  expect(await take('probe')).not.toBeNull();
});

test('before anything is known one call is allowed, and time is the database’s', async () => {
  const answer = await store.take(request('reading'));
  const { rows } = await db.sql.query<{ now: Date }>('SELECT clock_timestamp() AS now');

  expect(answer.permit?.inFlight).toBe(1);
  expect(Math.abs(answer.now - Number(rows[0]?.now))).toBeLessThan(5_000);
  expect(await store.take(request('reading'))).toMatchObject({
    ...{ permit: null, state: { limit: { current: 1 } } },
  });
  const [permit] = (await store.read()).permits;
  expect(permit).toMatchObject({ operation: 'getApprenants', siteCode: '3' });
  expect(Number(permit?.until) - Number(permit?.takenAt)).toBe(LEASE_MS);
  expect(permit?.takenAt.getTime()).toBe(answer.now);
});

test('a lease that ran out is free for others, and cannot be renewed or given back', async () => {
  const only = { hardCap: 2 }; // one permit, but for that of logins
  const first = (await take('reading', only)) ?? '';
  expect(await take('reading', only)).toBeNull();
  await lapse([first]);
  expect((await store.read()).permits).toEqual([]);
  expect(await store.renew([first], LEASE_MS)).toEqual([]);

  const second = (await take('reading', only)) ?? '';
  expect(second).not.toBe('');
  expect(second).not.toBe(first);
  await giveBack(first, 'now');
  expect(await take('reading', only)).toBeNull();
  await giveBack(second, 'now');
  expect(await take('reading', only)).not.toBeNull();
});

test('renewing lengthens those that are held, and tells of those that are lost', async () => {
  const [kept = '', lost = ''] = (await under(many(2, 'login'))) as string[];
  await lapse([lost]);

  expect(await store.renew([kept, lost], 2 * LEASE_MS)).toEqual([kept]);
  const { permits, now } = await store.read();
  expect(permits).toHaveLength(1);
  expect(Number(permits[0]?.until) - now).toBeGreaterThan(LEASE_MS);
  expect(await store.renew([], LEASE_MS)).toEqual([]);
});

test('a call that was given up on keeps its permit until the server’s time is over', async () => {
  const id = (await take('reading')) ?? '';
  await giveBack(id, 'serverLimit', 60_000);

  const [permit] = (await store.read()).permits;
  expect(Number(permit?.until) - Number(permit?.takenAt)).toBe(60_000);
  expect(await store.renew([id], 10 * LEASE_MS)).toEqual([]);
  await giveBack(id, 'now');
  expect(await take('reading')).toBeNull();
});

test('if the server’s time is over already the permit is free at once', async () => {
  const id = (await take('reading')) ?? '';
  await db.sql.query(`UPDATE source_permits SET taken_at = now() - interval '2 minutes'`);
  await giveBack(id, 'serverLimit', 60_000);

  expect(await take('reading')).not.toBeNull();
});
