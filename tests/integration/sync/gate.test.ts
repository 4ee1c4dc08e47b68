import { createDatabase, type Database } from '@passerelle/db';
import {
  createSourceGate,
  initialState,
  type SourceGate,
  type SourceStateStore,
} from '@passerelle/sync';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { quickOverload } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const overload = quickOverload();
let place: TestDatabase;
let db: Database;
let gate: SourceGate;

// Each from the beginning: what a call taught may be learnt after the answer.
beforeEach(async () => {
  place = await createTestDatabase();
  const initialSource = initialState(overload);
  db = createDatabase(place.url, { poolSize: 4, log: silent, initialSource });
  gate = createGate(db.sourceState);
});
afterEach(async () => {
  await db.close();
  await place.drop();
});

/** The end of the hours without reading, while they last; by this clock. */
let blackout: Date | null = null;
const NOON = new Date('2026-11-20T12:00:00+01:00');

const createGate = (store: SourceStateStore) =>
  createSourceGate({
    ...{ store, settings: overload, random: () => 0.5, log: silent },
    ...{ blackoutEnd: () => blackout, now: () => NOON },
    probe: () => Promise.reject(new Error('Nothing rests here.')),
  });

const call = (purpose: 'reading' | 'login') => ({ purpose, operation: 'x', siteCode: null });
const outPermits = async () =>
  (await db.sourceState.read()).permits.map(({ purpose }) => purpose).toSorted();

/** A reading that goes on until it is let end. */
async function startReading(): Promise<() => Promise<void>> {
  let letEnd = (): void => {};
  let tellBegun = (): void => {};
  const begun = new Promise<void>((resolve) => {
    tellBegun = resolve;
  });
  const { signal } = new AbortController();
  const reading = gate.pass(
    call('reading'),
    () => {
      tellBegun();
      return new Promise<void>((resolve) => {
        letEnd = resolve;
      });
    },
    signal,
  );
  await begun;
  return () => {
    letEnd();
    return reading;
  };
}

test('a login gets its permit while reading is at its limit, and gives it back', async () => {
  const endReading = await startReading();
  const { signal } = new AbortController();
  expect(await gate.pass(call('login'), async () => outPermits(), signal)).toEqual([
    ...['login', 'reading'],
  ]);
  await endReading();
  await expect.poll(outPermits).toEqual([]);
});

test('a call that was never made gives its permit back at once, one that was broken off later', async () => {
  const leaving = new AbortController();
  const impatient = createGate({
    ...db.sourceState,
    take: async (request) => {
      const found = await db.sourceState.take(request);
      leaving.abort();
      return found;
    },
  });
  const never = impatient.pass(call('login'), () => Promise.resolve('made'), leaving.signal);
  await expect(never).rejects.toThrow('aborted');
  expect(await outPermits()).toEqual([]);

  const { signal } = new AbortController();
  const broken = gate.pass(call('login'), () => Promise.reject(new Error('gone')), signal);
  await expect(broken).rejects.toThrow('gone');
  expect(await outPermits()).toEqual(['login']);
});

test('hours without reading refuse a part that waits for its permit, and none that was begun', async () => {
  const endReading = await startReading();
  const { signal } = new AbortController();
  let looks = 0;
  // Both wait for the one permit there is when the hours begin.
  const waiting = createGate({
    ...db.sourceState,
    take: async (request) => {
      looks += 1;
      if (looks === 3) blackout = new Date(NOON.getTime() + 3_600_000);
      return db.sourceState.take(request);
    },
  });
  const made: string[] = [];
  const pass = (name: string, opensPart: boolean) =>
    waiting.pass({ ...call('reading'), opensPart }, async () => made.push(name), signal);
  const opening = pass('opening', true).catch((error: unknown) => error);
  const goingOn = pass('going on', false);
  expect(await opening).toMatchObject({
    ...{ kind: 'resting', retryable: true, retryAfterMs: 3_600_000 },
  });
  expect(looks).toBeGreaterThanOrEqual(3);
  await endReading();
  await goingOn;
  expect(made).toEqual(['going on']);
  expect(await outPermits()).not.toContain('reading');
  blackout = null;
});

test('the next call begins before what the last one taught is written down', async () => {
  let write = (): void => {};
  const written = new Promise<void>((resolve) => {
    write = resolve;
  });
  const slow = createGate({
    ...db.sourceState,
    settle: async (...change) => {
      await written;
      return db.sourceState.settle(...change);
    },
  });
  const { signal } = new AbortController();
  const made: string[] = [];
  const pass = (name: string) => slow.pass(call('reading'), async () => made.push(name), signal);
  const calls = [pass('one'), pass('two'), pass('three')];
  await expect.poll(() => made).toHaveLength(3);
  await expect.poll(outPermits).not.toContain('reading');
  write();
  await Promise.all(calls);
});
