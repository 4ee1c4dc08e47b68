import {
  codeOfRejected,
  normaliseBatch,
  type NormaliseContext,
  selectReadPeriods,
} from '@passerelle/roster';
import pLimit from 'p-limit';
import type { SyncContext } from '../context.js';
import type { PartStage, RunPart } from '../ports/registry.js';
import {
  type PartFigures,
  type PartRequest,
  type ReadRecord,
  SourceError,
} from '../ports/source.js';
import { dayOfRun } from './day-of-run.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays' | 'log'
>;

/** One try at a part, as the queue makes it. */
export interface FetchAttempt {
  runId: number;
  partNumber: number;
  /** No further try will be made after this one. */
  isLast: boolean;
  signal: AbortSignal;
}

/** `retry`: the same call may succeed later; `failed`: it will not be made again in this run. */
export type FetchOutcome =
  | { outcome: 'done' }
  | { outcome: 'retry'; error: SourceError }
  | { outcome: 'failed'; error: SourceError };

/** Statements on their way to the database while the next batch is being read. */
const WRITES_IN_FLIGHT = 2;

/**
 * The `fetch` job: one call to the source, streamed into staging. Only an
 * answer that arrived whole completes the part; anything else leaves no trace
 * that reconciling would see.
 * @throws what the registry throws when the database cannot be reached
 */
export async function fetchPart(deps: Deps, attempt: FetchAttempt): Promise<FetchOutcome> {
  const part = await deps.runs.beginPart(attempt.runId, attempt.partNumber, deps.now());
  if (part === null) return { outcome: 'done' };
  try {
    await readIntoStage(deps, attempt, part);
    return { outcome: 'done' };
  } catch (error) {
    if (!(error instanceof SourceError) || attempt.signal.aborted) throw error;
    return settleFailure(deps, attempt, part, error);
  }
}

async function readIntoStage(deps: Deps, attempt: FetchAttempt, part: RunPart): Promise<void> {
  const periods = await deps.registry.activePeriods();
  const today = await dayOfRun(deps, attempt.runId);
  const read = selectReadPeriods(periods, today, deps.periodAheadDays);
  const context = { today, readPeriods: new Map(read.map((period) => [period.code, period])) };
  const period = periods.find(({ code }) => code === part.periodCode) ?? null;

  const stage = deps.registry.openStage(attempt.runId, part);
  const sink = createSink(stage, part, context);
  const request = { reading: part.reading, scope: part, period };
  const figures = await readToTheEnd(deps, request, sink, attempt.signal);
  const counts = {
    read: figures.records,
    staged: stage.staged(),
    rejected: sink.rejected(),
    bytes: figures.bytes,
  };
  await deps.runs.completePart(attempt.runId, part.number, part.attempt, counts, deps.now());
}

/** No write may still be under way when the part is judged, however reading ended. */
async function readToTheEnd(
  deps: Pick<Deps, 'source'>,
  request: PartRequest,
  sink: Sink,
  signal: AbortSignal,
): Promise<PartFigures> {
  try {
    return await deps.source.readPart(request, sink.take, signal);
  } finally {
    await sink.settle();
  }
}

type Sink = ReturnType<typeof createSink>;

/** Takes batches of records and keeps a bounded number of writes in flight: back-pressure. */
function createSink(stage: PartStage, part: RunPart, context: NormaliseContext) {
  const limit = pLimit(WRITES_IN_FLIGHT);
  const pending = new Set<Promise<void>>();
  let rejected = 0;
  let failure: unknown;

  const write = async (records: ReadRecord[]): Promise<void> => {
    const good = records.filter((record) => record.ok);
    const { batch, rejections } = normaliseBatch(part.reading, good, context);
    for (const record of records) {
      if (!record.ok) {
        const { ordinal, code, problem } = record;
        rejections.push({ ordinal, code: codeOfRejected(code), ...problem });
      }
    }
    rejected += rejections.length;
    await stage.write(batch);
    if (rejections.length > 0) await stage.reject(rejections);
  };
  return {
    take: async (records: ReadRecord[]): Promise<void> => {
      if (failure !== undefined) throw failure;
      const writing = limit(() => write(records)).catch((error: unknown) => {
        failure ??= error;
      });
      pending.add(writing);
      void writing.then(() => pending.delete(writing));
      if (pending.size >= WRITES_IN_FLIGHT) await Promise.race(pending);
    },
    /** Waits for what is being written; throws what went wrong with it. */
    settle: async (): Promise<void> => {
      await Promise.allSettled(pending);
      if (failure !== undefined) throw failure;
    },
    rejected: () => rejected,
  };
}

async function settleFailure(
  deps: Deps,
  { runId, isLast }: FetchAttempt,
  part: RunPart,
  error: SourceError,
): Promise<FetchOutcome> {
  const fields = { runId, part: part.number, attempt: part.attempt, kind: error.kind };
  if (error.retryable && !isLast) {
    deps.log.warn(fields, 'part not read, will be tried again');
    return { outcome: 'retry', error };
  }
  deps.log.error(fields, 'part not read');
  const failure = { kind: error.kind, sentence: error.message };
  await deps.runs.failPart(runId, part.number, part.attempt, failure, deps.now());
  return { outcome: 'failed', error };
}
