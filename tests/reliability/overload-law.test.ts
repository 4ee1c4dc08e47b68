import { type FpmSettings, oracle, parseCapacityPlan } from '@passerelle/simulator';
import { overloadSettings } from '@passerelle/sync';
import { describe, expect, it } from 'vitest';
import { amount, createDice } from './support/amount.js';
import { simulateSync, type SimulatedSync } from './support/simulated-sync.js';

// P6 of performance.md in simulated time: the product's rules against the simulator's
// model of PHP-FPM. Nothing here depends on how fast the machine is.

const CALLS = 800;
const HARD_CAP = 10;
const SETTINGS = overloadSettings({
  ...{ hardCap: HARD_CAP, serverLimitMs: 30_000, restMs: 60_000, retryBaseMs: 5_000 },
});
const SEEDS = Array.from({ length: amount({ sample: 5, full: 20 }) }, (_, index) => index + 1);
const TEN_MINUTES_MS = 600_000;

const serverOf = (plan: string, seed: number, more: Partial<FpmSettings> = {}) => ({
  ...{ capacity: parseCapacityPlan(plan), latencyMs: 400, jitter: 0.3, seed },
  ...more,
});

interface Compared extends SimulatedSync {
  /** Its time against that of a client that knows what the server bears. */
  ratio: number;
}

function syncAgainstOracle(plan: string, seed: number): Compared {
  const server = serverOf(plan, seed);
  const synced = simulateSync(server, CALLS, SETTINGS, createDice(`${plan} ${seed}`).next);
  return { ...synced, ratio: synced.ms / oracle(server, CALLS) };
}

describe.each([
  ['1', 1.15],
  ['2', 1.15],
  ['3', 1.15],
  ['8', 1.15],
  ['4@0,1@30s,6@90s', 1.35],
])('against %s children', (plan, bar) => {
  it.each(SEEDS)('a sync is nearly as fast as that allows (seed %i)', (seed) => {
    const { ratio, failedLate, calls, maxInFlight, probes } = syncAgainstOracle(plan, seed);

    expect(ratio).toBeLessThanOrEqual(bar);
    expect(failedLate / calls).toBeLessThanOrEqual(0.01);
    expect(maxInFlight).toBeLessThanOrEqual(HARD_CAP - 1);
    expect(probes).toBe(0);
  });
});

it.each(SEEDS)('a server that bears more than the hard cap never meets it (seed %i)', (seed) => {
  const { maxInFlight, failed } = syncAgainstOracle('40', seed);

  expect(maxInFlight).toBe(HARD_CAP - 1);
  expect(failed).toBe(0);
});

describe.each([
  ['from the beginning on', { outage: [{ fromMs: 0, toMs: TEN_MINUTES_MS }] }],
  ['in the middle', { outage: [{ fromMs: 20_000, toMs: 20_000 + TEN_MINUTES_MS }] }],
])('a total outage of ten minutes %s', (_, outage) => {
  it.each(SEEDS)('ends by itself and costs next to no calls (seed %i)', (seed) => {
    const server = serverOf('4', seed, outage);
    const synced = simulateSync(server, CALLS, SETTINGS, createDice(`outage ${seed}`).next);

    expect(synced.probes).toBeGreaterThan(0);
    expect(synced.probes).toBeLessThan(30);
    expect(synced.calls).toBeLessThan(CALLS + 30);
    expect(kindsOf(synced).filter((kind) => kind.startsWith('rest_'))).toEqual([
      'rest_begun',
      'rest_ended',
    ]);
    // No pause is longer than a quarter of an hour.
    expect(synced.ms).toBeLessThan(oracle(server, CALLS) + 900_000 + 60_000);
  });
});

it.each(SEEDS)(
  'children that are all away for a minute are waited for likewise (seed %i)',
  (seed) => {
    const server = serverOf('4@0,0@20s,2@80s', seed);
    const synced = simulateSync(server, CALLS, SETTINGS, createDice(`away ${seed}`).next);

    expect(kindsOf(synced)).toContain('rest_ended');
    expect(synced.probes).toBeLessThan(10);
  },
);

it.each(SEEDS)(
  'a maintenance page that names its end is left alone until then (seed %i)',
  (seed) => {
    const end = 20_000 + TEN_MINUTES_MS;
    const server = serverOf('4', seed, { maintenance: [{ fromMs: 20_000, toMs: end }] });
    const synced = simulateSync(server, CALLS, SETTINGS, createDice(`maintenance ${seed}`).next);
    const rest = synced.events.find(({ event }) => event.kind === 'rest_begun');
    const back = synced.events.find(({ event }) => event.kind === 'rest_ended');

    expect(rest?.event).toMatchObject({ asked: true, overload: 'http_503' });
    expect(synced.probes).toBe(1);
    expect(back?.at).toBeGreaterThanOrEqual(end);
    expect(back?.at).toBeLessThan(end + 5_000);
  },
);

it.each(SEEDS)('502s that come by chance do not keep the limit at one call (seed %i)', (seed) => {
  const dice = createDice(`chance ${seed}`);
  const server = serverOf('8', seed);
  const chance = () => dice.next() < 0.05;
  const synced = simulateSync(server, CALLS, SETTINGS, dice.next, chance);

  expect(synced.failed).toBeGreaterThan(10);
  expect(highest(synced, 0)).toBeGreaterThanOrEqual(4);
  // It finds its way up again, however often it was brought down.
  expect(highest(synced, synced.ms / 2)).toBeGreaterThanOrEqual(2);
  expect(synced.ms / oracle(server, CALLS)).toBeLessThan(10);
});

const kindsOf = ({ events }: SimulatedSync) => events.map(({ event }) => event.kind);

/** The highest limit that was reached after a time. */
function highest({ events }: SimulatedSync, afterMs: number): number {
  const raised = events.map(({ at, event }) =>
    event.kind === 'limit_raised' && at >= afterMs ? event.to : 1,
  );
  return Math.max(...raised);
}
