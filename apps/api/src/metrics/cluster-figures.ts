import type {
  AlertStore,
  FiguresReader,
  MemberStore,
  QueueGauge,
  SourceStateStore,
} from '@passerelle/sync';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Where the figures of the whole cluster come from. */
export interface FigureSources {
  figures: FiguresReader;
  queue: QueueGauge;
  members: Pick<MemberStore, 'listMembers'>;
  alerts: Pick<AlertStore, 'listAlerts'>;
  sourceState: Pick<SourceStateStore, 'read'>;
  hardCap: number;
  now: () => Date;
}

const RUN_SECONDS = [1, 5, 15, 60, 300, 900, 3_600, 10_800, 43_200];
const MEMBERS_SEEN_MS = 15_000;
/** More than there are kinds, tasks and machines. */
const MOST_ALERTS = 200;

/**
 * Registers what the database and the queue know of the whole cluster. Counters begin
 * at zero with this process, and count what happens anywhere from then on.
 *
 * @returns brings all of it up to date; throws what the sources throw
 */
export function registerClusterFigures(
  registry: Registry,
  sources: FigureSources,
): () => Promise<void> {
  const metrics = createMetrics(registry);
  const addEvents = countEvents(metrics, sources);
  return async () => {
    await addEvents();
    await Promise.all([
      showRuns(metrics, sources),
      showSource(metrics, sources),
      showQueue(metrics, sources),
      showMembers(metrics, sources),
      showAlerts(metrics, sources),
    ]);
  };
}

type Metrics = ReturnType<typeof createMetrics>;

function createMetrics(registry: Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Gauge({ name: `passerelle_${name}`, help, labelNames: [...labelNames], registers });
  const counter = (name: string, help: string, labelNames: readonly string[]) =>
    new Counter({ name: `passerelle_${name}`, help, labelNames: [...labelNames], registers });
  return {
    runSeconds: new Histogram({
      name: 'passerelle_run_duration_seconds',
      help: 'Duration of runs that ended, by task and the state they ended in',
      labelNames: ['task', 'state'],
      buckets: RUN_SECONDS,
      registers,
    }),
    records: counter('records_total', 'Records of runs that ended, by what became of them', [
      'task',
      'outcome',
    ]),
    calls: counter('source_calls_total', 'Calls to NetYParéo that ended', ['purpose', 'outcome']),
    callSeconds: counter('source_call_seconds_total', 'Time these calls took, in all', [
      'purpose',
      'outcome',
    ]),
    runs: gauge('runs', 'Runs that have not ended, or are held', ['task', 'state']),
    goodSyncAge: gauge(
      'last_good_sync_age_seconds',
      'Age of the last good sync of each enabled task; none: there was none',
      ['task'],
    ),
    limit: gauge('source_limit', 'Calls to NetYParéo at once that are allowed now'),
    hardCap: gauge('source_hard_cap', 'Calls to NetYParéo at once that are never passed'),
    inFlight: gauge('source_calls_in_flight', 'Calls to NetYParéo under way'),
    resting: gauge('source_resting', '1 while NetYParéo is left alone after failures'),
    jobs: gauge('queue_jobs', 'Jobs on the queue', ['queue', 'state']),
    oldestJob: gauge('queue_oldest_job_age_seconds', 'Age of the oldest job that waits', ['queue']),
    queueUp: gauge('queue_up', '1 while the queue answers'),
    loopDelay: gauge(
      'member_event_loop_p99_seconds',
      'Event-loop delay of each process of the cluster over its last seconds',
      ['role', 'host', 'pid'],
    ),
    memory: gauge('member_resident_bytes', 'Memory of each process of the cluster', [
      'role',
      'host',
      'pid',
    ]),
    diskFree: gauge('disk_free_bytes', 'Room where the data directory is', ['host']),
    alerts: gauge('alerts', 'Alerts that are open', ['kind']),
  };
}

function countEvents(metrics: Metrics, { figures }: FigureSources): () => Promise<void> {
  let position = figures.position();
  return async () => {
    // A first look that failed is made again.
    const from = await position.catch(() => (position = figures.position()));
    const since = await figures.since(from);
    position = Promise.resolve(since.position);
    for (const { task, state, dryRun, seconds, counts } of since.runs) {
      if (dryRun) continue;
      if (seconds !== null) metrics.runSeconds.observe({ task, state }, seconds);
      const { read: _read, ...outcomes } = counts;
      for (const [outcome, count] of Object.entries(outcomes)) {
        metrics.records.inc({ task, outcome }, count);
      }
    }
    for (const { purpose, outcome, count, seconds } of since.calls) {
      metrics.calls.inc({ purpose, outcome }, count);
      metrics.callSeconds.inc({ purpose, outcome }, seconds);
    }
  };
}

async function showRuns(metrics: Metrics, { figures, now }: FigureSources): Promise<void> {
  const { runs, tasks } = await figures.state();
  metrics.runs.reset();
  for (const { task, state, count } of runs) metrics.runs.set({ task, state }, count);
  metrics.goodSyncAge.reset();
  for (const { name: task, disabled, lastGoodAt } of tasks) {
    if (disabled || lastGoodAt === null) continue;
    metrics.goodSyncAge.set({ task }, secondsSince(lastGoodAt, now()));
  }
}

async function showSource(metrics: Metrics, sources: FigureSources): Promise<void> {
  const { state, permits } = await sources.sourceState.read();
  metrics.limit.set(state.limit.current);
  metrics.hardCap.set(sources.hardCap);
  metrics.inFlight.set(permits.length);
  metrics.resting.set(state.breaker.restingSince === null ? 0 : 1);
}

/** A queue that is away is a figure, too. */
async function showQueue(metrics: Metrics, { queue, now }: FigureSources): Promise<void> {
  const backlog = await queue.backlog().catch(() => null);
  metrics.queueUp.set(backlog === null ? 0 : 1);
  metrics.jobs.reset();
  metrics.oldestJob.reset();
  for (const { queue: name, oldestAt, waiting, active, delayed } of backlog ?? []) {
    for (const [state, count] of Object.entries({ waiting, active, delayed })) {
      metrics.jobs.set({ queue: name, state }, count);
    }
    const age = oldestAt === null ? 0 : secondsSince(oldestAt, now());
    metrics.oldestJob.set({ queue: name }, age);
  }
}

async function showMembers(metrics: Metrics, { members, now }: FigureSources): Promise<void> {
  const since = new Date(now().getTime() - MEMBERS_SEEN_MS);
  for (const metric of [metrics.loopDelay, metrics.memory, metrics.diskFree]) metric.reset();
  for (const { role, host, pid, vitals } of await members.listMembers(since)) {
    if (vitals === null) continue;
    metrics.loopDelay.set({ role, host, pid }, vitals.eventLoopP99Ms / 1_000);
    metrics.memory.set({ role, host, pid }, vitals.rssBytes);
    if (vitals.diskFreeBytes !== null) metrics.diskFree.set({ host }, vitals.diskFreeBytes);
  }
}

async function showAlerts(metrics: Metrics, { alerts }: FigureSources): Promise<void> {
  metrics.alerts.reset();
  for (const { kind } of await alerts.listAlerts({ open: true, limit: MOST_ALERTS })) {
    metrics.alerts.inc({ kind });
  }
}

function secondsSince(date: Date, now: Date): number {
  return Math.max(0, (now.getTime() - date.getTime()) / 1_000);
}
