import type { IQueueBackend } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { steadily } from './steadily.js';

const JOB = [{ name: 'fetch' }, '1'];
const NOTHING: unknown[] = [];
const TOLD = { member: '', score: 0 };

/** A backend of which a test says what it answers, on a clock that only waits move. */
function createRig(answers: Partial<Record<keyof IQueueBackend, () => unknown>>) {
  const pauses: number[] = [];
  const time = { now: 0 };
  const silent = async (): Promise<unknown> => undefined;
  const fake = {
    ...{ moveToActive: async () => NOTHING, waitForJob: async () => null },
    ...{ moveToCompleted: silent, moveToFailed: silent, moveToDelayed: silent },
    ...{ retryJob: silent, moveJobFromActiveToWait: silent },
    ...Object.fromEntries(
      Object.entries(answers).map(([name, answer]) => [name, async () => answer()]),
    ),
  };
  const clock = {
    now: () => time.now,
    wait: async (ms: number) => {
      pauses.push(ms);
      time.now += ms;
    },
  };
  const backend = steadily(() => fake as unknown as IQueueBackend, clock)('fetch', {
    connection: {},
  });
  return { backend, pauses, time };
}

/** As a worker does it: claims, and where that brings nothing, waits for a job. */
async function claimTimes({ backend }: ReturnType<typeof createRig>, times: number): Promise<void> {
  for (let turn = 0; turn < times; turn += 1) {
    const [job] = await backend.moveToActive('token');
    if (job === undefined) await backend.waitForJob(1);
  }
}

describe('jobs that the global concurrency lets nobody have', () => {
  it('are claimed after pauses that grow to half a second', async () => {
    const rig = createRig({ waitForJob: () => TOLD });
    await claimTimes(rig, 9);
    expect(rig.pauses).toEqual([20, 40, 80, 160, 320, 500, 500, 500]);
  });

  it('are known too where the wait ends at once and tells of none', async () => {
    const rig = createRig({ waitForJob: () => null });
    await claimTimes(rig, 4);
    expect(rig.pauses).toEqual([20, 40, 80]);
  });

  it('are waited for however long a busy server takes to tell of them', async () => {
    const rig = createRig({
      waitForJob: () => {
        rig.time.now += 300;
        return TOLD;
      },
    });
    await claimTimes(rig, 4);
    expect(rig.pauses).toEqual([20, 40, 80]);
  });

  it('end the pauses when one is had', async () => {
    let claims = 0;
    const rig = createRig({
      moveToActive: () => (++claims === 4 ? JOB : NOTHING),
      waitForJob: () => TOLD,
    });
    await claimTimes(rig, 6);
    expect(rig.pauses).toEqual([20, 40, 20]);
  });
});

it('an empty queue is waited at without a pause: what comes is taken at once', async () => {
  const rig = createRig({
    waitForJob: () => {
      rig.time.now += 1_000;
      return null;
    },
  });
  await claimTimes(rig, 5);
  expect(rig.pauses).toEqual([]);
});

describe('a server that goes away', () => {
  const gone = () => {
    throw new Error('connection refused');
  };

  it('is asked for a job once a second', async () => {
    const rig = createRig({ moveToActive: gone });
    await expect(rig.backend.moveToActive('token')).rejects.toThrow('refused');
    await expect(rig.backend.moveToActive('token')).rejects.toThrow('refused');
    expect(rig.pauses).toEqual([1_000, 1_000]);
  });

  it('is told of the end of a job until it hears of it', async () => {
    let tries = 0;
    const rig = createRig({ moveJobFromActiveToWait: () => (++tries < 4 ? gone() : 'told') });
    expect(await rig.backend.moveJobFromActiveToWait('1', 'token')).toBe('told');
    expect(rig.pauses).toEqual([1_000, 1_000, 1_000]);
  });

  it('is told no more when others have taken the job by then', async () => {
    const rig = createRig({ moveJobFromActiveToWait: gone });
    await expect(rig.backend.moveJobFromActiveToWait('1', 'token')).rejects.toThrow('refused');
    expect(rig.time.now).toBeGreaterThan(30_000);
    expect(rig.time.now).toBeLessThan(60_000);
  });

  it('that refuses is not asked again', async () => {
    const rig = createRig({
      moveJobFromActiveToWait: () => {
        throw Object.assign(new Error('Missing lock'), { code: -2 });
      },
    });
    await expect(rig.backend.moveJobFromActiveToWait('1', 'token')).rejects.toThrow('lock');
    expect(rig.pauses).toEqual([]);
  });
});
