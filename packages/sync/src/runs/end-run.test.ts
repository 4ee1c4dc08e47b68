import type { RunState } from '@passerelle/roster';
import { expect, it } from 'vitest';
import type { Run } from '../ports/runs.js';
import { recordOutcome } from './end-run.js';

const NOW = new Date('2026-11-22T02:31:00Z');
const STARTED = new Date('2026-11-22T02:30:00Z');

/** What a run's end wrote about its task, whose last failure put it off by two minutes. */
async function writtenBy(
  state: RunState,
  siteCode: string | null = null,
  retryAt: Date | null = null,
  { dryRun = false, userId = null }: { dryRun?: boolean; userId?: number | null } = {},
): Promise<unknown[]> {
  const written: unknown[] = [];
  const tasks = {
    getTask: async () => ({ failDelaySeconds: 120, retryAt }),
    recordSuccess: async (_name: string, startedAt: Date) => void written.push(startedAt),
    recordFailure: async (_name: string, seconds: number, again: Date) =>
      void written.push([seconds, again.toISOString()]),
  };
  const run = { id: 1, task: 'sync_students', state, siteCode, userId, dryRun, counts: {} };
  const dates = { startedAt: STARTED, endedAt: NOW };
  const log = { info() {}, warn() {}, error() {} };
  const deps = { tasks, now: () => NOW, log };
  await recordOutcome(deps as never, { ...run, ...dates } as unknown as Run);
  return written;
}

it('a good sync is the last one, from its start', async () => {
  expect(await writtenBy('succeeded')).toEqual([STARTED]);
});

it.each(['failed', 'partial'] as const)('a %s one doubles the delay', async (state) => {
  expect(await writtenBy(state)).toEqual([[240, '2026-11-22T02:35:00.000Z']]);
});

it.each(['held', 'cancelled'] as const)('a %s one changes nothing', async (state) => {
  expect(await writtenBy(state)).toEqual([]);
});

it.each(['succeeded', 'failed', 'partial'] as const)(
  'one limited to a site, %s, says nothing of the task',
  async (state) => {
    expect(await writtenBy(state, '2')).toEqual([]);
  },
);

it('told twice of the same end, it doubles the delay once', async () => {
  const afterThisRun = new Date(NOW.getTime() + 120_000);
  expect(await writtenBy('failed', null, afterThisRun)).toEqual([]);
});

it.each(['succeeded', 'failed', 'partial'] as const)(
  'a dry one, %s, says nothing of the task',
  async (state) => {
    expect(await writtenBy(state, null, null, { dryRun: true })).toEqual([]);
  },
);

/** What a retry of missing parts wrote, by the runs there are; 9 retries 8 retries 7. */
async function writtenByRetry(state: RunState, lastWhole: number): Promise<string[]> {
  const written: string[] = [];
  const tasks = {
    getTask: async () => ({ failDelaySeconds: 120, retryAt: null }),
    recordSuccess: async () => void written.push('success'),
    recordFailure: async () => void written.push('failure'),
    clearDelay: async () => void written.push('cleared'),
  };
  const base = { task: 'sync_students', siteCode: null, userId: null, dryRun: false, counts: {} };
  const chain: Record<number, object> = {
    8: { ...base, id: 8, onlyMissing: true, retryOfId: 7 },
    7: { ...base, id: 7, onlyMissing: false, retryOfId: null },
  };
  const runs = {
    getRun: async (id: number) => chain[id] ?? null,
    listRuns: async () => [{ id: lastWhole }],
  };
  const log = { info() {}, warn() {}, error() {} };
  const run = { ...base, id: 9, state, onlyMissing: true, retryOfId: 8 };
  await recordOutcome({ runs, tasks, now: () => NOW, log } as never, run as unknown as Run);
  return written;
}

it('one of missing parts that read them all leaves nothing to try again for', async () => {
  expect(await writtenByRetry('succeeded', 7)).toEqual(['cleared']);
});

it('but not for what has failed since', async () => {
  expect(await writtenByRetry('succeeded', 10)).toEqual([]);
});

it.each(['failed', 'partial'] as const)(
  'one of missing parts, %s, says nothing of the task',
  async (state) => {
    expect(await writtenByRetry(state, 7)).toEqual([]);
  },
);

it.each(['succeeded', 'failed', 'partial'] as const)(
  'one of one person, %s, says nothing of the task',
  async (state) => {
    expect(await writtenBy(state, null, null, { userId: 7 })).toEqual([]);
  },
);
