import { expect, test } from 'vitest';
import { initialState, overloadSettings } from '../overload/source-state.js';
import type { Run } from '../ports/runs.js';
import { advanceBulkRetries } from './bulk-retry.js';

const now = new Date('2026-11-20T01:00:00Z');
const idle = initialState(
  overloadSettings({ hardCap: 4, serverLimitMs: 30_000, restMs: 60_000, retryBaseMs: 1_000 }),
);
const resting = {
  ...idle,
  breaker: { ...idle.breaker, restingSince: now.getTime(), probeAt: now.getTime() + 60_000 },
};
const requested = { id: 12, task: 'sync_students', trigger: 'retry', enqueueCount: 0 } as Run;

async function advance(state: typeof idle, blackoutEnd: Date | null): Promise<number[]> {
  const enqueued: number[] = [];
  const deps = {
    bulkRetries: { advance: async () => [requested] },
    runs: { claimEnqueue: async () => 1 },
    queue: { enqueueRun: async (id: number) => void enqueued.push(id) },
    sourceState: { state: async () => ({ state, now: now.getTime() }) },
    ...{ blackoutEnd: () => blackoutEnd, now: () => now, random: () => 0.5 },
    log: { info: () => {}, warn: () => {}, error: () => {} },
  };
  await advanceBulkRetries(deps as unknown as Parameters<typeof advanceBulkRetries>[0]);
  return enqueued;
}

test('a bulk retry goes on while the source is read, and not while it rests or is to be left alone', async () => {
  expect(await advance(idle, null)).toEqual([12]);
  expect(await advance(resting, null)).toEqual([]);
  expect(await advance(idle, new Date('2026-11-20T06:00:00Z'))).toEqual([]);
});
