import { createDatabase, type Database } from '@passerelle/db';
import {
  createSourceGate,
  initialState,
  type SourceGate,
  type SourceStateStore,
} from '@passerelle/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { quickOverload } from '../../support/cluster.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const overload = quickOverload();
let place: TestDatabase;
let db: Database;
let gate: SourceGate;

beforeAll(async () => {
  place = await createTestDatabase();
  const initialSource = initialState(overload);
  db = createDatabase(place.url, { poolSize: 4, log: silent, initialSource });
  gate = createGate(db.sourceState);
});
afterAll(async () => {
  await db.close();
  await place.drop();
});

const createGate = (store: SourceStateStore) =>
  createSourceGate({
    ...{ store, settings: overload, random: () => 0.5, log: silent },
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
