import { createDatabase, type Database } from '@passerelle/db';
import { GUARD_NAMES, type Reading, TASK_NAMES, type TaskName } from '@passerelle/roster';
import {
  beginRun,
  fetchPart,
  overloadSettings,
  type PartRequest,
  type PlannedChange,
  reconcileRun,
  requestRun,
  retryRun,
  type Run,
  type Source,
  SourceError,
  type SyncContext,
} from '@passerelle/sync';
import { type Centre, openCentre } from '../../integration/reconcile/centre.js';
import {
  type GeneratedCentre,
  type PlacedRecord,
  TODAY,
  toReadRecords,
} from './generated-centre.js';
import { AT_ONCE } from '../../support/leaving.js';

/** How a centre is read; none of it may matter to what the registry holds then. */
export interface Manner {
  /** Records handed over at once. */
  batch: number;
  /** Who reads parts at once, on the connections of two processes. */
  workers: number;
  /** Decides the order of parts, and of records within their lists. */
  shuffle: number;
}

export const PLAINLY: Manner = { batch: 100, workers: 1, shuffle: 0 };

export interface RunOptions {
  manner?: Manner;
  /** Which calls fail, counted from 0 in each run; they may have handed something over. */
  fails?: (call: number) => boolean;
  dryRun?: boolean;
}

export type LawsRig = Awaited<ReturnType<typeof openLawsRig>>;

/** A registry of its own, read into by the real use cases from generated centres. */
export async function openLawsRig() {
  const centre = await openCentre();
  const second = createDatabase(centre.url, { poolSize: 4, log: { warn: () => {} } });
  let asked: Asked = { source: {}, options: {}, calls: 0 };
  const queued: number[] = [];
  const source = createGeneratedSource(() => asked);
  const first = createContext(centre, source, queued);
  const contexts = [first, createContext(second, source, queued)];

  /** Begins a run that was requested, reads its parts in whatever order, and applies them. */
  const carryOut = async (run: Run, generated: GeneratedCentre, options: RunOptions) => {
    asked = { source: generated, options, calls: 0 };
    await beginRun(first, run.id);
    const { workers, shuffle } = options.manner ?? PLAINLY;
    while (queued.length > 0) {
      const parts = shuffled(queued.splice(0), shuffle);
      await Promise.all(
        Array.from({ length: workers }, async (_, worker) => {
          const context = contexts[worker % 2] ?? first;
          for (let part = parts.shift(); part !== undefined; part = parts.shift()) {
            await read(context, run.id, part);
          }
        }),
      );
    }
    const begun = await centre.runs.getRun(run.id);
    if (begun?.endedAt === null) await reconcileRun(first, run.id);
    const ended = await centre.runs.getRun(run.id);
    if (ended === null || ended.endedAt === null) throw new Error(`Run ${run.id} has not ended.`);
    return ended;
  };

  const runTask = async (
    task: TaskName,
    generated: GeneratedCentre,
    options: RunOptions = {},
  ): Promise<Run> => {
    const dryRun = options.dryRun === true;
    const { outcome, run } = await requestRun(first, { task, trigger: 'manual', dryRun });
    if (outcome !== 'created') throw new Error(`Run ${run.id} is in the way.`);
    return carryOut(run, generated, options);
  };

  /** Every task in its order. */
  const sync = async (generated: GeneratedCentre, options: RunOptions = {}): Promise<Run[]> => {
    const runs: Run[] = [];
    for (const task of TASK_NAMES) runs.push(await runTask(task, generated, options));
    return runs;
  };

  /** Reads what a partial run lacked. */
  const retry = async ({ id }: Run, generated: GeneratedCentre): Promise<Run> => {
    const { outcome, run } = await retryRun(first, id);
    if (outcome !== 'created') throw new Error(`Run ${id} was ${outcome}.`);
    return carryOut(run, generated, {});
  };

  /** An empty registry, with nothing between a removal and the registry. */
  const reset = async (): Promise<void> => {
    await centre.reset();
    await withoutGuards(centre);
  };

  const close = async (): Promise<void> => {
    await second.close();
    await centre.dispose();
  };
  return {
    ...centre,
    runTask,
    sync,
    retry,
    reset,
    close,
    changesOf: changesOf(centre),
  };
}

/** No guard holds anything back. */
async function withoutGuards(centre: Centre): Promise<void> {
  const off = Object.fromEntries(GUARD_NAMES.map((name) => [name, 'off']));
  for (const task of TASK_NAMES) await centre.setGuards(task, off);
}

async function read(context: SyncContext, runId: number, partNumber: number): Promise<void> {
  const { signal } = new AbortController();
  const { outcome } = await fetchPart(context, { runId, count: 1, partNumber, signal });
  if (outcome === 'later') throw new Error(`Part ${partNumber} was put off.`);
}

/** Every change of a run, by what it is about; the order within a statement says nothing. */
function changesOf({ plans }: Centre) {
  return async ({ id }: Run): Promise<string[]> => {
    const changes: PlannedChange[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = { limit: 500, ...(cursor === undefined ? {} : { cursor }) };
      const { items, nextCursor } = await plans.changes(id, {}, page);
      changes.push(...items);
      cursor = nextCursor;
    }
    return changes.map((change) => JSON.stringify(change)).toSorted();
  };
}

const NOW = new Date(`${TODAY}T02:30:00Z`);

function createContext(
  { runs, bulkRetries, tasks, registry, personal, retention, sourceState }: Database,
  source: Source,
  queued: number[],
): SyncContext {
  const enqueue = async (_run: number, _count: number, parts: readonly number[]) => {
    queued.push(...parts);
  };
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  return {
    ...{ runs, bulkRetries, tasks, registry, personal, retention, sourceState, source, log },
    leaving: AT_ONCE,
    keepDays: { runs: 400, changes: 400, rejected: 400, audit: 400 },
    overload: overloadSettings({ hardCap: 4, serverLimitMs: 0, restMs: 0, retryBaseMs: 0 }),
    ...{ attempts: 1, blackoutEnd: () => null, now: () => NOW, random: () => 0.5 },
    ...{ timeZone: 'Europe/Paris', periodAheadDays: 90 },
    queue: {
      ...{ enqueueRun: async () => {}, enqueueParts: enqueue, enqueueMoreParts: enqueue },
      ...{ runJobsAlive: async () => true, recallPutOff: async () => {} },
      ...{ removeRun: async () => {}, upsertSchedule: async () => {} },
      ...{ removeSchedule: async () => {}, listSchedules: async () => [] },
    },
  };
}

/** What is read at present, and how often anything was asked for it so far. */
interface Asked {
  source: GeneratedCentre;
  options: RunOptions;
  calls: number;
}

/** Learners by period and site, teachers by site, all others as one list. */
function createGeneratedSource(asked: () => Asked): Source {
  return {
    splitOf: (reading) => SPLITS[reading] ?? [],
    piecesOf: () => ({ byGroup: false, page: null }),
    mappingOf: () => null,
    probe: async () => {},
    readPart: async (request, onBatch) => {
      const now = asked();
      const { source, options } = now;
      const call = now.calls;
      now.calls += 1;
      const { batch, shuffle } = options.manner ?? PLAINLY;
      const placed = (source[request.reading] ?? []).filter((record) => isIn(record, request));
      const records = toReadRecords(shuffled(placed, shuffle));
      const isFailing = options.fails?.(call) ?? false;
      // What fails may have begun well.
      const handedOver = isFailing ? records.slice(0, records.length / 2) : records;
      for (let from = 0; from < handedOver.length; from += batch) {
        await onBatch(handedOver.slice(from, from + batch));
      }
      if (isFailing) throw new SourceError('soap_fault', 'Cannot be read.', { retryable: false });
      const count = records.length;
      return { records: count, held: count, declared: count, total: null, bytes: count };
    },
  };
}

const SPLITS: Partial<Record<Reading, ReturnType<Source['splitOf']>>> = {
  students: ['period', 'site'],
  teachers: ['site'],
};

function isIn({ sites, periods }: PlacedRecord, { scope }: PartRequest): boolean {
  return (
    (scope.siteCode === null || sites.includes(scope.siteCode)) &&
    (scope.periodCode === null || periods.includes(scope.periodCode))
  );
}

/** In an order that the number decides; 0: as they are. */
function shuffled<Item>(items: readonly Item[], number: number): Item[] {
  if (number === 0) return [...items];
  const keyOf = (index: number): number => ((index + 1) * (2 * number + 1) * 7919) % 104_729;
  return items
    .map((item, index) => ({ item, key: keyOf(index) }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
