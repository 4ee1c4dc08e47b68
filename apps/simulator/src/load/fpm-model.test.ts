import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFpmModel, type Ended, type FpmCall, type FpmModel } from './fpm-model.js';
import { oracle } from './oracle.js';
import { parseCapacityPlan } from './plan.js';
import type { FpmSettings } from './settings.js';

const children = (plan: string): Pick<FpmSettings, 'capacity'> => ({
  capacity: parseCapacityPlan(plan),
});

/** What ends up to a time, as `id:outcome@when`. */
const told = (ended: readonly Ended[]): string[] =>
  ended.map(({ id, outcome, atMs }) => `${id}:${outcome}@${Math.round(atMs)}`);

/** Lets everything that is under way end; returns it in order. */
function drain(model: FpmModel): Ended[] {
  const all: Ended[] = [];
  for (let next = model.nextEventMs(); next !== null; next = model.nextEventMs()) {
    all.push(...model.advance(next));
  }
  return all;
}

describe('createFpmModel', () => {
  it('turns away what goes beyond children and backlog; the backlog is served in turn', () => {
    const model = createFpmModel({ ...children('2'), backlog: 1, latencyMs: 100 });
    const arrivals = [0, 10, 20, 30].map((at) => model.arrive(at));
    expect(arrivals.map(({ taken }) => taken)).toEqual([true, true, true, false]);
    expect(arrivals[3]).toEqual({ taken: false, why: 'capacity' });
    expect(model.state()).toEqual({ capacity: 2, busy: 2, waiting: 1, respawning: 0 });
    expect(told(drain(model))).toEqual(['1:done@100', '2:done@110', '3:done@200']);
  });

  it('lets children finish when the capacity shrinks, and takes them back when it grows', () => {
    const model = createFpmModel({ ...children('2@0,1@50ms,2@300ms'), latencyMs: 100 });
    model.arrive(0);
    model.arrive(0);
    expect(model.arrive(60)).toMatchObject({ taken: false });
    expect(told(model.advance(100))).toEqual(['1:done@100', '2:done@100']);
    expect([model.arrive(100).taken, model.arrive(100).taken]).toEqual([true, false]);
    expect([model.arrive(300).taken, model.arrive(300).taken]).toEqual([true, true]);
  });

  it('keeps a child busy until it is released when the call is held', () => {
    const model = createFpmModel({ ...children('1'), latencyMs: 10 });
    const first = model.arrive(0, { held: true });
    expect(told(model.advance(500))).toEqual(['1:done@10']);
    expect(model.arrive(500).taken).toBe(false);
    model.release(600, first.taken ? first.id : 0);
    expect(model.arrive(600).taken).toBe(true);
  });

  it('slows down with load and with size', () => {
    const model = createFpmModel({ latencyMs: 100, slowdown: 0.5, bytesPerSecond: 1_000_000 });
    model.arrive(0);
    model.arrive(0);
    model.arrive(0, { bytes: 200_000 });
    expect(told(drain(model))).toEqual(['1:done@100', '2:done@150', '3:done@400']);
  });

  it('spreads its times about the median by the seed', () => {
    const times = (seed: number): number[] =>
      Array.from({ length: 2_001 }, (_, index) => {
        const model = createFpmModel({ latencyMs: 400, jitter: 0.3, seed: seed + index });
        model.arrive(0);
        return drain(model)[0]?.atMs ?? 0;
      }).toSorted((a, b) => a - b);
    const sorted = times(1);
    expect(sorted).toEqual(times(1));
    expect(sorted[1_000]).toBeGreaterThan(380);
    expect(sorted[1_000]).toBeLessThan(420);
    // e^(0.3 × 1.28), the ninth decile of the normal distribution
    expect((sorted[1_800] ?? 0) / 400).toBeCloseTo(1.47, 1);
  });

  it('loses a child when two large answers meet, and gets it back', () => {
    const big: FpmCall = { bytes: 3_000 };
    const model = createFpmModel({
      ...{ ...children('2'), latencyMs: 100, segfaultAboveBytes: 2_000, respawnMs: 500 },
    });
    model.arrive(0, big);
    expect(told(drain(model))).toEqual(['1:done@100']);
    model.arrive(200, big);
    model.arrive(200, big);
    const ended = drain(model);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['crashed', 'done']);
    expect(model.state()).toMatchObject({ busy: 0, respawning: 1 });
    expect([model.arrive(310).taken, model.arrive(310).taken]).toEqual([true, false]);
    const backMs = (ended[0]?.atMs ?? 0) + 500;
    expect([model.arrive(backMs).taken, model.arrive(backMs).taken]).toEqual([true, true]);
  });

  it('never answers more than maxAnswerBytes, however quiet it is', () => {
    const model = createFpmModel({ latencyMs: 100, maxAnswerBytes: 2_000_000 });
    model.arrive(0, { bytes: 2_000_001 });
    model.arrive(0, { bytes: 2_000_000 });
    expect(drain(model).map(({ outcome }) => outcome)).toEqual(['tooBig', 'done']);
  });

  it('gives up after the time limit, the wait in the backlog included', () => {
    const model = createFpmModel({
      ...{ ...children('1'), backlog: 2, latencyMs: 700, timeLimitMs: 1_000, respawnMs: 0 },
    });
    for (const at of [0, 0, 0]) model.arrive(at);
    expect(told(drain(model)).toSorted()).toEqual([
      '1:done@700',
      '2:timedOut@1000',
      '3:timedOut@1000',
    ]);
  });

  it('shows its maintenance page with what is left of it', () => {
    const model = createFpmModel({ maintenance: [{ fromMs: 10_000, toMs: 70_000 }] });
    expect(model.arrive(5_000).taken).toBe(true);
    expect(model.arrive(15_000)).toEqual({
      ...{ taken: false, why: 'maintenance', retryAfterSeconds: 60 },
    });
    expect(model.arrive(74_500)).toMatchObject({ retryAfterSeconds: 1 });
    expect(model.arrive(75_000).taken).toBe(true);
  });

  it('kills what is under way when an outage begins, and starts anew after it', () => {
    const model = createFpmModel({
      ...{ ...children('1'), backlog: 1, latencyMs: 100, outage: [{ fromMs: 50, toMs: 90 }] },
    });
    model.arrive(0);
    model.arrive(0);
    expect(told(drain(model))).toEqual(['1:outage@50', '2:outage@50']);
    expect(model.arrive(60)).toEqual({ taken: false, why: 'outage' });
    expect(model.closed(89)).toEqual({ why: 'outage' });
    expect(model.arrive(90).taken).toBe(true);
  });

  it('starts its plans with the first bulk call or the first contact turned away', () => {
    const plan = children('2@0,0@1s');
    const model = createFpmModel(plan);
    model.arrive(5_000, { operation: 'validerLogin' });
    expect(model.state().capacity).toBe(2);
    model.arrive(9_000);
    model.advance(9_999);
    expect(model.state().capacity).toBe(2);
    model.advance(10_000);
    expect(model.state().capacity).toBe(0);
    model.change(20_000, plan);
    model.advance(60_000);
    expect(model.state().capacity).toBe(2);

    const down = createFpmModel({ outage: [{ fromMs: 0, toMs: 100 }] });
    expect(down.closed(1_000)).toEqual({ why: 'outage' });
    expect(down.closed(1_100)).toBeNull();
  });

  it('meets the steps of its plans on a clock with fractions, too', () => {
    const model = createFpmModel({ ...children('1@0,2@100ms'), backlog: 3, latencyMs: 1_000 });
    for (const at of [0.7, 0.8]) model.arrive(at);
    expect(told(drain(model))).toEqual(['1:done@1001', '2:done@1100']);
    expect(model.state().capacity).toBe(2);
    const steps = [0, 33.3].map((atMs, index) => ({ atMs, children: index }));
    // In floating point 1,000 + 33.3 − 1,000 is less than 33.3.
    const fine = createFpmModel({ capacity: steps, backlog: 1, latencyMs: 1 });
    fine.arrive(1_000);
    expect(told(drain(fine))).toEqual(['1:done@1035']);
  });

  it('starts who waits when the capacity is raised', () => {
    const model = createFpmModel({ ...children('1'), backlog: 1, latencyMs: 100 });
    model.arrive(0);
    model.arrive(0);
    model.change(40, children('2'));
    expect(told(drain(model))).toEqual(['1:done@100', '2:done@140']);
  });
});

describe('laws of the model', () => {
  const settings = fc.record({
    capacity: fc
      .array(fc.record({ gap: fc.integer({ min: 1, max: 2_000 }), children: fc.nat(5) }), {
        maxLength: 4,
      })
      .map((steps) => {
        let atMs = 0;
        return [
          { atMs: 0, children: 3 },
          ...steps.map(({ gap, children: count }) => ({ atMs: (atMs += gap), children: count })),
        ];
      }),
    backlog: fc.nat(3),
    latencyMs: fc.integer({ min: 0, max: 300 }),
    jitter: fc.constantFrom(0, 0.3, 1),
    slowdown: fc.constantFrom(0, 0.2),
    bytesPerSecond: fc.constantFrom(null, 1_000_000),
    segfaultAboveBytes: fc.constantFrom(null, 60_000),
    maxAnswerBytes: fc.constantFrom(null, 90_000),
    respawnMs: fc.nat(500),
    timeLimitMs: fc.integer({ min: 50, max: 1_000 }),
    outage: fc.constantFrom([], [{ fromMs: 700, toMs: 1_200 }]),
    maintenance: fc.constantFrom([], [{ fromMs: 100, toMs: 400 }]),
    seed: fc.nat(1_000),
  });
  const visits = fc.array(
    fc.record({ gap: fc.nat(150), bytes: fc.nat(100_000), held: fc.boolean() }),
    { maxLength: 60 },
  );

  it('never more children are busy than there ever were, and every call ends once', () => {
    fc.assert(
      fc.property(settings, visits, (given, calls) => {
        const model = createFpmModel(given);
        const most = Math.max(...given.capacity.map(({ children: count }) => count));
        const open = new Map<number, boolean>();
        let refused = 0;
        let endedCount = 0;
        let nowMs = 0;
        const hear = (ended: readonly Ended[]): void => {
          for (const { id, outcome } of ended) {
            expect(open.has(id)).toBe(true);
            if (outcome === 'done' && open.get(id) === true) model.release(nowMs, id);
            open.delete(id);
            endedCount += 1;
          }
          const { busy, waiting } = model.state();
          expect(busy).toBeLessThanOrEqual(most);
          expect(waiting).toBeLessThanOrEqual(given.backlog);
        };
        for (const { gap, ...call } of calls) {
          nowMs += gap;
          hear(model.advance(nowMs));
          const free = model.state();
          const arrival = model.arrive(nowMs, call);
          if (arrival.taken) open.set(arrival.id, call.held);
          else refused += 1;
          // A new child starts only where the capacity of the moment leaves room.
          if (free.busy + free.respawning >= free.capacity) {
            expect(model.state().busy).toBeLessThanOrEqual(free.busy);
          }
        }
        for (let next = model.nextEventMs(); next !== null; next = model.nextEventMs()) {
          nowMs = Math.max(nowMs, next);
          hear(model.advance(nowMs));
        }
        expect(endedCount + refused).toBe(calls.length);
        expect(model.state()).toMatchObject({ busy: 0, waiting: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it('the same arrivals give the same ends, however often one looks', () => {
    fc.assert(
      fc.property(settings, visits, fc.integer({ min: 1, max: 90 }), (given, calls, step) => {
        const play = (looks: boolean): string[] => {
          const model = createFpmModel(given);
          const ends: Ended[] = [];
          let nowMs = 0;
          for (const { gap, bytes } of calls) {
            const looksUntil = looks ? nowMs + gap : nowMs;
            for (let at = nowMs; at < looksUntil; at += step) ends.push(...model.advance(at));
            nowMs += gap;
            model.arrive(nowMs, { bytes });
          }
          return told([...ends, ...drain(model)]);
        };
        expect(play(true)).toEqual(play(false));
      }),
      { numRuns: 200 },
    );
  });
});

describe('oracle', () => {
  it('keeps exactly as many calls going as there are children', () => {
    expect(oracle({ ...children('4'), latencyMs: 400 }, 800)).toBe(80_000);
    expect(oracle({ ...children('1@0,3@1s'), latencyMs: 100 }, 40)).toBe(2_000);
    expect(oracle({ ...children('2@0,0@1s,2@5s'), latencyMs: 400 }, 8)).toBe(5_400);
    expect(
      oracle({ ...children('1'), latencyMs: 100, outage: [{ fromMs: 0, toMs: 500 }] }, 2),
    ).toBe(700);
    expect(oracle({}, 5)).toBe(0);
  });

  it('repeats what died in an outage', () => {
    const settings = { ...children('2'), latencyMs: 100, outage: [{ fromMs: 50, toMs: 150 }] };
    expect(oracle(settings, 2)).toBe(250);
  });

  it('takes sizes into account and says when it can never end', () => {
    const calls = [{ bytes: 100_000 }, { bytes: 300_000 }];
    expect(oracle({ ...children('1'), bytesPerSecond: 1_000_000 }, calls)).toBe(400);
    expect(() => oracle({ ...children('1@0,0@1s'), latencyMs: 400 }, 5)).toThrow('never be served');
    expect(() => oracle({ latencyMs: 1, maxAnswerBytes: 10 }, [{ bytes: 11 }])).toThrow(
      'never be served',
    );
  });

  it('is fast enough to be asked in any test', () => {
    const settings = { ...children('4@0,1@30s,6@90s'), latencyMs: 400, jitter: 0.3 };
    const ms = oracle(settings, 800);
    expect(ms).toBe(oracle(settings, 800));
    expect(ms).toBeGreaterThan(60_000);
    expect(ms).toBeLessThan(200_000);
  });

  it('is never beaten by a client that starts the same calls with pauses and too many at once', () => {
    const plans = fc.constantFrom('1', '3', '4@0,1@2s,6@5s', '2@0,0@1s,3@3s', '6@0,2@500ms');
    const jitters = fc.constantFrom(0, 0.3, 1);
    const pauses = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        plans,
        jitters,
        fc.nat(100),
        fc.integer({ min: 1, max: 60 }),
        pauses,
        (plan, jitter, seed, count, gaps) => {
          const settings = { ...children(plan), latencyMs: 200, jitter, seed };
          const model = createFpmModel(settings);
          let nowMs = 0;
          for (let served = 0, tries = 0; served < count; tries += 1) {
            if (model.arrive(nowMs).taken) served += 1;
            // Hardly any pause while it is taken, so that it often asks too much.
            nowMs += (gaps[tries % gaps.length] ?? 0) / (tries % 3 === 0 ? 1 : 8);
          }
          const lastMs = Math.max(...drain(model).map(({ atMs }) => atMs));
          expect(lastMs).toBeGreaterThanOrEqual(oracle(settings, count) - 1e-6);
        },
      ),
      { numRuns: 300 },
    );
  });
});
