import { createDatabase, type Database } from '@passerelle/db';
import type { CallRecord, SourceEvent, SourceStateStore, StateChange } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
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
  await db.sql.query(
    'TRUNCATE source_permits, source_state, source_events, source_calls, source_pieces',
  );
});
afterAll(async () => {
  await Promise.all(others.map((other) => other.close()));
  await db.dispose();
});

const where = { operation: 'getApprenants', siteCode: '3' };
const raised = (from: number): SourceEvent => ({ kind: 'limit_raised', from, to: from + 1 });
const call: CallRecord = {
  ...where,
  ...{ purpose: 'reading', outcome: 'ok', ms: 400, bytes: 5_000_000_000, inFlight: 2 },
};

const OVERTAKE = `UPDATE source_state
  SET version = version + 1, state = jsonb_set(state, '{limit,current}', '7')`;

type Apply = Parameters<SourceStateStore['settle']>[2];
const leave: Apply = (state) => ({ state, events: [], result: null });
const raise = (state: Parameters<Apply>[0]): StateChange<number> => {
  const { current } = state.limit;
  const limit = { ...state.limit, current: current + 1 };
  return { state: { ...state, limit }, events: [raised(current)], result: current };
};

async function row(): Promise<{ version: number; calls_limit: number; rests: boolean }> {
  const { rows } = await db.sql.query('SELECT version, calls_limit, rests FROM source_state');
  return rows[0] as { version: number; calls_limit: number; rests: boolean };
}

async function take(
  changes: { hardCap?: number; leaseMs?: number } = {},
  from = store,
): Promise<string> {
  const { permit } = await from.take({
    ...where,
    ...{ purpose: 'login', hardCap: 4, reserved: 0, withinLimit: false, evenAtRest: true },
    ...{ leaseMs: 30_000, ...changes },
  });
  return permit?.id ?? '';
}

describe('taking', () => {
  const slots = async (): Promise<number[]> => {
    const { rows } = await db.sql.query<{ slot: number }>(
      'SELECT slot FROM source_permits WHERE until > clock_timestamp() ORDER BY slot',
    );
    return rows.map(({ slot }) => slot);
  };

  test('gives as many permits as the hard cap says, those that ran out anew', async () => {
    const ranOut = await take({ hardCap: 2, leaseMs: 0 });
    const ids = [await take({ hardCap: 2 }), await take({ hardCap: 2 })];
    expect(new Set([...ids, ranOut, '']).size).toBe(4);
    expect(await slots()).toEqual([1, 2]);
    expect(await take({ hardCap: 2 })).toBe('');
    expect(await take({ hardCap: 3 })).not.toBe('');
  });

  test('waits for nobody who holds one that ran out', async () => {
    await take({ hardCap: 2, leaseMs: 0 });
    // Whoever waits for a lock fails.
    const url = `${db.url}${db.url.includes('?') ? '&' : '?'}options=-c%20lock_timeout%3D5s`;
    const impatient = createDatabase(url, { poolSize: 1, log: { warn: () => {} } });
    const still = await db.sql.connect();
    await still.query('BEGIN; SELECT FROM source_permits WHERE slot = 1 FOR UPDATE');
    try {
      expect(await take({ hardCap: 2 }, impatient.sourceState)).not.toBe('');
      expect(await slots()).toEqual([2]);
      expect(await take({ hardCap: 2 }, impatient.sourceState)).toBe('');
    } finally {
      await still.query('ROLLBACK');
      still.release();
      await impatient.close();
    }
    expect(await take({ hardCap: 2 })).not.toBe('');
  });
});

describe('settling', () => {
  test('of twenty who change the state at once each sees what the one before left', async () => {
    const stores = [store, ...others.map(({ sourceState }) => sourceState)];
    const seen = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        (stores[index % stores.length] ?? store).settle({ call }, 0, raise),
      ),
    );

    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect((await store.read()).state.limit.current).toBe(21);
    expect(await row()).toEqual({ version: 20, calls_limit: 21, rests: false });
    const events = await store.events({ limit: 50 });
    expect(events.map(({ event }) => event)).toEqual(
      Array.from({ length: 20 }, (_, n) => raised(20 - n)),
    );
    expect((await store.calls(new Date(0)))[0]?.outcomes).toEqual({ ok: 20 });
  });

  test('who comes second writes nothing of the first try, and begins again', async () => {
    await store.settle({}, 0, raise);
    const id = await take();
    const rival = await db.sql.connect();
    await rival.query('BEGIN');
    await rival.query('SELECT FROM source_state FOR UPDATE');
    const seen: number[] = [];
    const settled = new Promise<unknown>((resolve, reject) => {
      const decide: Apply = (state) => {
        seen.push(state.limit.current);
        // It has read what the rival now changes.
        if (seen.length === 1) rival.query(OVERTAKE).then(() => rival.query('COMMIT'), reject);
        return raise(state);
      };
      store.settle({ permit: { id, back: 'now' }, call }, 0, decide).then(resolve, reject);
    });
    await settled;
    rival.release();

    expect(seen).toEqual([2, 7]);
    expect(await row()).toMatchObject({ version: 3, calls_limit: 8 });
    const events = await store.events({ limit: 9 });
    expect(events.map(({ event }) => event)).toEqual([raised(7), raised(1)]);
    expect((await store.calls(new Date(0)))[0]?.outcomes).toEqual({ ok: 1 });
    expect((await store.read()).permits).toEqual([]);
  });

  test('a state that always changes under it is locked in the end', async () => {
    await store.settle({}, 0, raise);
    const id = await take();
    // Whoever writes without asking for the row's lock first finds the version changed.
    await db.sql.query(`
      CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM pg_locks l WHERE l.pid = pg_backend_pid()
             AND l.relation = 'source_state'::regclass AND l.mode = 'RowShareLock') = 0
        THEN RETURN NULL; END IF;
        RETURN NEW;
      END $$;
      CREATE TRIGGER overtake BEFORE UPDATE ON source_state
        FOR EACH ROW EXECUTE FUNCTION overtake()`);
    let tries = 0;
    await store.settle({ permit: { id, back: 'now' }, call }, 0, (state) => {
      tries += 1;
      return raise(state);
    });
    await db.sql.query('DROP FUNCTION overtake CASCADE');

    expect(tries).toBe(6);
    expect(await row()).toMatchObject({ version: 2, calls_limit: 3 });
    expect((await store.calls(new Date(0)))[0]?.outcomes).toEqual({ ok: 1 });
    expect((await store.read()).permits).toEqual([]);
  });

  test('what changes nothing is written down all the same, and gets in nobody’s way', async () => {
    await store.settle({}, 0, raise);
    const id = await take();
    await store.settle({ permit: { id, back: 'now' }, call }, 0, leave);

    expect(await row()).toMatchObject({ version: 1 });
    expect(await store.calls(new Date(0))).toHaveLength(1);
    expect((await store.read()).permits).toEqual([]);
  });

  test('an error of who decides changes nothing, and comes back as it is', async () => {
    const id = await take();
    const ours = new RangeError('ours');
    const settled = store.settle({ permit: { id, back: 'now' }, call }, 0, () => {
      throw ours;
    });

    await expect(settled).rejects.toBe(ours);
    expect((await store.read()).permits).toHaveLength(1);
    expect(await store.calls(new Date(0))).toEqual([]);
  });

  test('a state of which nothing is understood is learnt anew', async () => {
    await store.settle({}, 0, raise);
    await db.sql.query(`UPDATE source_state SET state = '{"limit": 7}'`);
    expect((await store.read()).state.limit.current).toBe(1);

    expect(await store.settle({}, 0, raise)).toBe(1);
    expect((await store.read()).state.limit.current).toBe(2);
  });

  test('a source that was never met is what the database was opened with', async () => {
    const { state } = await store.read();
    const budget = { ...state.budget, tokens: 3 };
    const options = { poolSize: 1, log: { warn: () => {} } };
    const own = createDatabase(db.url, { ...options, initialSource: { ...state, budget } });
    const tokens = await own.sourceState.settle({}, 0, (initial) => ({
      ...{ state: initial, events: [], result: initial.budget.tokens },
    }));
    await own.close();

    expect(tokens).toBe(3);
  });

  test('a rest is known to those who take permits', async () => {
    await store.settle({}, 0, (state, now) => ({
      state: { ...state, breaker: { ...state.breaker, restingSince: now } },
      ...{ events: [], result: null },
    }));
    expect(await row()).toMatchObject({ rests: true });
  });
});

test('events are listed newest first, by time and page; unknown ones are left out', async () => {
  await store.settle({}, 0, (state) => ({
    state,
    events: [raised(1), raised(2), { kind: 'rest_ended', restedMs: 5 }],
    result: null,
  }));
  await db.sql.query(
    `INSERT INTO source_events (at, kind, data) VALUES (now(), 'new', '{"kind":"new"}')`,
  );
  const [newest, middle] = await store.events({ limit: 3 });

  expect(newest?.event).toEqual({ kind: 'rest_ended', restedMs: 5 });
  const older = await store.events({ beforeId: middle?.id ?? 0, limit: 3 });
  expect(older.map(({ event }) => event)).toEqual([raised(1)]);
  const later = new Date(Date.now() + 3_600_000);
  expect(await store.events({ since: later, limit: 3 })).toEqual([]);
});

test('figures of calls: outcomes, latencies of those that went well, sizes', async () => {
  const calls: CallRecord[] = [
    ...[100, 200, 300, 400, 500].map((ms) => ({ ...call, ms })),
    { ...call, outcome: 'http_502', ms: 9_000, bytes: 700 },
    { ...call, outcome: 'cut_off', ms: 9_000, bytes: 2_000_000 },
    { ...call, outcome: 'aborted', ms: 9_000, bytes: 6_000_000_000 },
    { ...call, operation: 'verifier', purpose: 'login', outcome: 'timeout', bytes: 0 },
  ];
  for (const record of calls) await store.settle({ call: record }, 0, leave);

  expect(await store.calls(new Date(0))).toEqual([
    {
      ...{ operation: 'getApprenants', purpose: 'reading' },
      outcomes: { ok: 5, http_502: 1, cut_off: 1, aborted: 1 },
      latencyMs: { p50: 300, p90: 460, p99: 496 },
      ...{ largestOkBytes: 5_000_000_000, largestFailedBytes: 2_000_000 },
    },
    {
      ...{ operation: 'verifier', purpose: 'login', outcomes: { timeout: 1 }, latencyMs: null },
      ...{ largestOkBytes: 0, largestFailedBytes: 0 },
    },
  ]);
  expect(await store.calls(new Date(Date.now() + 3_600_000))).toEqual([]);
});

test('what is learnt of a piece replaces what was known of it', async () => {
  const everywhere = { reading: 'students', siteCode: null, groupCode: null } as const;
  const site = { ...everywhere, siteCode: '3' };
  await store.learn({ ...everywhere, byGroup: true, pageLimit: null });
  await store.learn({ ...site, byGroup: false, pageLimit: 500 });
  await store.learn({ ...everywhere, byGroup: true, pageLimit: 250 });

  expect(await store.learnt()).toMatchObject([
    { ...everywhere, byGroup: true, pageLimit: 250, learntAt: expect.any(Date) as Date },
    { ...site, byGroup: false, pageLimit: 500 },
  ]);
  await store.forget(everywhere);
  expect(await store.learnt()).toMatchObject([site]);
});

test('old calls and events go, each by its own date', async () => {
  await store.settle({ call }, 0, raise);
  await store.settle({ call }, 0, raise);
  await db.sql.query(`UPDATE source_calls SET at = '2026-01-02' WHERE id % 2 = 0`);
  await db.sql.query(`UPDATE source_events SET at = '2026-01-01'`);
  const second = new Date('2026-01-02');

  expect(await store.trim({ calls: second, events: second })).toBe(2);
  expect(await store.events({ limit: 9 })).toEqual([]);
  expect((await store.calls(new Date(0)))[0]?.outcomes).toEqual({ ok: 2 });
  expect(await store.trim({ calls: new Date('2026-01-03'), events: second })).toBe(1);
});
