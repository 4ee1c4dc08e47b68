import { SourceError, type SyncContext } from '@passerelle/sync';
import { expect, it } from 'vitest';
import { createFetchHandler } from './fetch-handler.js';

const DAY_MS = 86_400_000;
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** As much of a context as a part needs whose one call fails. */
function contextFailingWith(error: Error): SyncContext {
  const part = { number: 1, attempt: 1, reading: 'sites', periodCode: null };
  const context = {
    runs: { beginPart: async () => part, getRun: async () => null },
    registry: {
      activePeriods: async () => [],
      openStage: () => ({ write: async () => {}, reject: async () => {}, staged: () => 0 }),
    },
    source: { readPart: () => Promise.reject(error) },
    ...{ now: () => new Date(), timeZone: 'Europe/Paris', periodAheadDays: 90, log: silent },
  };
  return context as unknown as SyncContext;
}

async function delayAfter(retryAfterMs: number): Promise<unknown> {
  const error = new SourceError('overloaded', 'Busy.', { retryable: true, retryAfterMs });
  const handler = createFetchHandler(contextFailingWith(error), {
    watch: (_runId, signal) => ({ signal, runStopped: () => false, release: () => {} }),
    close: () => {},
  });
  const { signal } = new AbortController();
  const job = { jobId: '1', attempt: 1, attemptsMax: 3, signal, log: silent };
  return handler.handle({ runId: 1, count: 1, part: 1 } as never, job);
}

it('stays away for as long as the server asks, within reason', async () => {
  expect(await delayAfter(7_000)).toMatchObject({ outcome: 'retry', delayMs: 7_000 });
  expect(await delayAfter(DAY_MS)).toMatchObject({ outcome: 'retry', delayMs: 15 * 60_000 });
});
