import {
  codeOfRejected,
  normaliseBatch,
  type NormaliseContext,
  selectReadPeriods,
} from '@passerelle/roster';
import pLimit from 'p-limit';
import type { SyncContext } from '../context.js';
import type { PartCounts, PartStage, RunPart } from '../ports/registry.js';
import type { PartFigures, PartRequest, ReadRecord } from '../ports/source.js';
import { dayOfRun } from './day-of-run.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays'
>;

/** Statements on their way to the database while the next batch is being read. */
const WRITES_IN_FLIGHT = 2;

/**
 * Reads a part from the source into staging; `held` is how many records the answer
 * had, with those that the contract passes over.
 * @throws SourceError if it did not arrive whole: what was staged of it does not count then
 */
export async function readIntoStage(
  deps: Deps,
  runId: number,
  part: RunPart,
  signal: AbortSignal,
): Promise<PartCounts & { held: number }> {
  const periods = await deps.registry.activePeriods();
  const today = await dayOfRun(deps, runId);
  const read = selectReadPeriods(periods, today, deps.periodAheadDays);
  const context = { today, readPeriods: new Map(read.map((period) => [period.code, period])) };
  const period = periods.find(({ code }) => code === part.periodCode) ?? null;

  const stage = deps.registry.openStage(runId, part);
  const sink = createSink(stage, part, context);
  const request = { reading: part.reading, scope: part, period };
  const figures = await readToTheEnd(deps, request, sink, signal);
  return {
    read: figures.records,
    staged: stage.staged(),
    rejected: sink.rejected(),
    bytes: figures.bytes,
    total: figures.total,
    held: figures.held,
  };
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
