import { expect, it } from 'vitest';
import type { SourceStateStore } from '../ports/source-state.js';
import type { SourceCall } from '../ports/source-gate.js';
import { createSourceGate } from './gate.js';
import { initialState, overloadSettings } from './source-state.js';

// Who waits for a permit, by a clock that does not move: only a ring gets them on.

const settings = overloadSettings({
  ...{ hardCap: 4, serverLimitMs: 30_000, restMs: 60_000, retryBaseMs: 5_000 },
});
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const call: SourceCall = { purpose: 'reading', operation: 'getApprenants', siteCode: '3' };
const NONE = { permit: null, state: initialState(settings), now: 0 };
const { signal } = new AbortController();

/** A look at the database, answered when the test wants it to be. */
interface Look {
  answer(permitId: string | null): void;
}

/** What a gate does next: it looks, or it waits for so many milliseconds. */
type Step = { looks: Look } | { waitsMs: number };

function createRig({ isHeard = true } = {}) {
  const steps: Step[] = [];
  let tellStep = (): void => {};
  const say = (step: Step): void => {
    steps.push(step);
    tellStep();
  };
  /** The next thing the gate does, whatever it is: nothing here waits for a time to pass. */
  const next = async (): Promise<Step> => {
    for (;;) {
      const step = steps.shift();
      if (step !== undefined) return step;
      await new Promise<void>((resolve) => {
        tellStep = resolve;
      });
    }
  };
  let ring = (): void => {};
  /** Of each permit that came back: were the other processes told? */
  const told: boolean[] = [];
  const take: SourceStateStore['take'] = () =>
    new Promise((resolve) => {
      const answer = (id: string | null): void =>
        resolve(id === null ? NONE : { permit: { id, inFlight: 1 }, now: 0 });
      say({ looks: { answer } });
    });
  const store: Pick<SourceStateStore, 'take' | 'whenFreed' | 'giveBack' | 'settle' | 'renew'> = {
    take,
    whenFreed: (given) => {
      ring = given;
      return { isHeard: () => isHeard };
    },
    giveBack: async (_settlement, _limit, tell) => {
      told.push(tell);
    },
    renew: async (ids) => [...ids],
    settle: async (_settlement, _limit, apply) => apply(initialState(settings), 0).result,
  };
  const gate = createSourceGate({
    store: store as SourceStateStore,
    ...{ settings, log: silent, random: () => 0.5 },
    ...{ blackoutEnd: () => null, now: () => new Date(0) },
    probe: () => Promise.reject(new Error('Nothing rests here.')),
    delay: (ms, woken) => {
      say({ waitsMs: ms });
      return new Promise((_, reject) => {
        woken.addEventListener('abort', () => reject(new Error('woken')), { once: true });
      });
    },
  });
  const looks = async (): Promise<Look> => {
    const step = await next();
    if ('looks' in step) return step.looks;
    throw new Error(`It waits for ${step.waitsMs} ms instead of looking.`);
  };
  const waits = async (): Promise<number> => {
    const step = await next();
    if ('waitsMs' in step) return step.waitsMs;
    throw new Error('It looks instead of waiting.');
  };
  return { gate, looks, waits, told, ring: () => ring() };
}

it('who waits looks again as soon as it rings', async () => {
  const { gate, looks, waits, ring } = createRig();
  const passing = gate.pass(call, async () => 'done', signal);
  (await looks()).answer(null);
  await waits();
  ring();
  (await looks()).answer('a');
  expect(await passing).toBe('done');
});

it('a ring while one looks is not lost, though the look finds nothing', async () => {
  const { gate, looks, waits, ring } = createRig();
  const passing = gate.pass(call, async () => 'done', signal);
  (await looks()).answer(null);
  await waits();
  ring();
  const look = await looks();
  // What this rings for came after the database had been asked.
  ring();
  look.answer(null);
  (await looks()).answer('a');
  expect(await passing).toBe('done');
});

it('a ring that was looked for is not looked for twice', async () => {
  const { gate, looks, waits, ring } = createRig();
  const passing = gate.pass(call, async () => 'done', signal);
  (await looks()).answer(null);
  await waits();
  ring();
  ring();
  (await looks()).answer(null);
  await waits();
  ring();
  (await looks()).answer('a');
  expect(await passing).toBe('done');
});

it('where nothing is heard one looks by itself, and often', async () => {
  const heard = createRig();
  const deaf = createRig({ isHeard: false });
  const longestOf = async ({ gate, looks, waits, ring }: ReturnType<typeof createRig>) => {
    const passing = gate.pass(call, async () => 'done', signal);
    let longestMs = 0;
    for (let turn = 0; turn < 20; turn += 1) {
      (await looks()).answer(null);
      longestMs = Math.max(longestMs, await waits());
      ring();
    }
    (await looks()).answer('a');
    await passing;
    return longestMs;
  };
  const [heardMs, deafMs] = [await longestOf(heard), await longestOf(deaf)];
  expect(deafMs).toBeLessThan(100);
  expect(heardMs).toBeGreaterThan(deafMs);
});

it('who is told to stop while waiting waits no longer', async () => {
  const { gate, looks, waits } = createRig();
  const leaving = new AbortController();
  const passing = gate.pass(call, async () => 'done', leaving.signal);
  (await looks()).answer(null);
  await waits();
  leaving.abort(new Error('the worker stops'));
  await expect(passing).rejects.toThrow('the worker stops');
});

it('a permit goes to the next call of the process, and the others are told of the last', async () => {
  const { gate, looks, waits, told } = createRig();
  let endFirst = (): void => {};
  const work = () =>
    new Promise<void>((resolve) => {
      endFirst = resolve;
    });
  const first = gate.pass(call, work, signal);
  (await looks()).answer('a');
  const second = gate.pass(call, async () => {}, signal);
  (await looks()).answer(null);
  await waits();
  endFirst();
  await first;
  // It was woken here, by nobody else.
  (await looks()).answer('b');
  await second;
  expect(told).toEqual([false, true]);
});
