import {
  codeOfRejected,
  normaliseBatch,
  type NormaliseContext,
  selectReadPeriods,
} from '@passerelle/roster';
import pLimit from 'p-limit';
import type { SyncContext } from '../context.js';
import type { ErasedPeople } from '../ports/personal-data.js';
import type { PartStage } from '../ports/registry.js';
import type { PartCounts, RunPart } from '../ports/runs.js';
import type { PartFigures, PartRequest, ReadRecord } from '../ports/source.js';
import { dayOfRun } from './day-of-run.js';
import { setErasedAside, withoutErasedCharges } from './set-erased-aside.js';

type Deps = Pick<
  SyncContext,
  'runs' | 'registry' | 'source' | 'now' | 'timeZone' | 'periodAheadDays'
>;

/** Statements on their way to the database while the next batch is being read. */
const WRITES_IN_FLIGHT = 2;

/**
 * Reads a part from the source into staging; `held` is how many records the answer
 * had, with those that the contract passes over.
 * @param onlyCode of all records only this person's are staged, and somebody waits for it
 * @throws SourceError if it did not arrive whole: what was staged of it does not count then
 */
export async function readIntoStage(
  deps: Deps,
  runId: number,
  part: RunPart,
  signal: AbortSignal,
  onlyCode?: string,
): Promise<PartCounts & { held: number }> {
  const [periods, today, erased] = await Promise.all([
    deps.registry.activePeriods(),
    dayOfRun(deps, runId),
    deps.registry.erasedPeople(),
  ]);
  const read = selectReadPeriods(periods, today, deps.periodAheadDays);
  const context = { today, readPeriods: new Map(read.map((period) => [period.code, period])) };
  const period = periods.find(({ code }) => code === part.periodCode) ?? null;

  const stage = deps.registry.openStage(runId, part);
  const sink = createSink({ stage, part, context, erased, onlyCode });
  const purpose = onlyCode === undefined ? 'reading' : 'onDemand';
  const request = { reading: part.reading, purpose, scope: part, period } as const;
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

interface SinkOptions {
  stage: PartStage;
  part: RunPart;
  context: NormaliseContext;
  erased: ErasedPeople;
  onlyCode: string | undefined;
}

/** Is the record about the person with this code, as far as can be told? */
function isOf(code: string): (record: ReadRecord) => boolean {
  return (record) =>
    codeOfRejected(record.ok ? record.record.fields['code'] : record.code) === code;
}

/** Takes batches of records and keeps a bounded number of writes in flight: back-pressure. */
function createSink({ stage, part, context, erased, onlyCode }: SinkOptions) {
  const limit = pLimit(WRITES_IN_FLIGHT);
  const pending = new Set<Promise<void>>();
  let rejected = 0;
  let failure: unknown;

  const write = async (records: ReadRecord[]): Promise<void> => {
    const wanted = onlyCode === undefined ? records : records.filter(isOf(onlyCode));
    const spared = setErasedAside(part.reading, wanted, erased);
    const { batch, rejections } = normaliseBatch(part.reading, spared.good, context);
    for (const { ordinal, code: said, problem, digest = null } of spared.bad) {
      const code = codeOfRejected(said);
      rejections.push({ ordinal, code, ...problem, digest: code === null ? digest : null });
    }
    rejections.push(...spared.erased);
    rejected += rejections.length;
    await stage.write(withoutErasedCharges(batch, erased));
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
