import { SourceError, type SyncContext } from '@passerelle/sync';
import { expect, it } from 'vitest';
import { createFetchHandler } from './fetch-handler.js';

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** As much of a context as a part needs whose one call fails. */
function contextFailingWith(error: Error, restsForMs: number): SyncContext {
  const part = { number: 1, attempt: 1, tries: 0, failedAt: null, page: null };
  const now = Date.now();
  const breaker = {
    ...{ failures: 5, pauses: 1, probingUntil: 0, probeAt: now + restsForMs },
    restingSince: restsForMs > 0 ? now : null,
  };
  const context = {
    runs: {
      beginPart: async () => ({ ...part, reading: 'sites', periodCode: null }),
      getRun: async () => null,
      ...{ markWaiting: async () => {}, postponePart: async () => true },
      ...{ failPart: async () => true, listParts: async () => [] },
    },
    registry: {
      activePeriods: async () => [],
      erasedPeople: async () => ({ isEmpty: true, has: () => false }),
      openStage: () => ({ write: async () => {}, reject: async () => {}, staged: () => 0 }),
    },
    source: {
      readPart: () => Promise.reject(error),
      piecesOf: () => ({ byGroup: false, page: null }),
    },
    sourceState: {
      state: async () => ({ state: { breaker, lastSuccessAt: null }, now }),
    },
    ...{ blackoutEnd: () => null, attempts: 3, random: () => 0 },
    ...{ now: () => new Date(now), timeZone: 'Europe/Paris', periodAheadDays: 90, log: silent },
  };
  return context as unknown as SyncContext;
}

function outcomeOf(error: SourceError, restsForMs = 0): Promise<unknown> {
  return handlerOf(contextFailingWith(error, restsForMs))();
}

/** Does the job, once for each call. */
function handlerOf(context: SyncContext): () => Promise<unknown> {
  const handler = createFetchHandler(context, {
    watch: (_runId, signal) => ({ signal, runStopped: () => false, release: () => {} }),
    close: () => {},
  });
  const { signal } = new AbortController();
  const job = { jobId: '1', attempt: 1, attemptsMax: 3, signal, log: silent };
  return () => handler.handle({ runId: 1, count: 1, part: 1 } as never, job);
}

const fault = new SourceError('soap_fault', 'It failed.', { retryable: false });

it('puts a part off for as long as the source rests', async () => {
  expect(await outcomeOf(fault, 7_000)).toEqual({ outcome: 'later', delayMs: 7_000 });
  const resting = new SourceError('resting', 'It rests.', { retryable: true, retryAfterMs: 4_000 });
  expect(await outcomeOf(resting)).toEqual({ outcome: 'later', delayMs: 4_000 });
});

it('gives a part up that would fail again', async () => {
  expect(await outcomeOf(fault)).toEqual({
    outcome: 'giveUp',
    error: { kind: 'soap_fault', sentence: 'It failed.' },
  });
});

it('says once that NetYParéo is not read while the registry is away, and once that it is again', async () => {
  const said: string[] = [];
  const note = (_fields: object, message: string): void => void said.push(message);
  const away = Object.assign(new Error('It is away.'), { kind: 'unreachable', retryable: true });
  const context = contextFailingWith(fault, 0);
  const { beginPart } = context.runs;
  context.log = { ...silent, error: note, info: note };
  const handle = handlerOf(context);
  context.runs.beginPart = () => Promise.reject(away);
  await expect(handle()).rejects.toBe(away);
  await expect(handle()).rejects.toBe(away);
  expect(said).toEqual([expect.stringMatching(/^NetYParéo is not read: the registry/)]);
  context.runs.beginPart = beginPart;
  await handle();
  await handle();
  expect(said.slice(1)).toEqual(['the registry can be reached again: NetYParéo is read']);
});
