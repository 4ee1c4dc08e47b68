import type { AnyFlowProducer, AnyQueue, BackendUse, QueueBackend } from './backend/backend.js';
import { openBackend } from './backend/open-backend.js';
import { bullmq } from './bullmq.js';
import { withDeadline } from './deadline.js';
import { QUEUE_NAMES, type QueueName } from './jobs.js';
import { createErrorLog } from './log.js';
import { nextScheduledRun, repeatStrategy } from './next-run.js';
import { DEFAULT_NAMESPACE, type QueueOptions } from './options.js';

/** Events are only there for BullMQ's own listeners, of which we have none. */
const MAX_EVENTS = 100;

/** The producer's BullMQ objects, on the same connections. */
export interface QueueObjects {
  backend: QueueBackend;
  queues: Readonly<Record<QueueName, AnyQueue>>;
  flows: AnyFlowProducer;
  close(force?: boolean): Promise<void>;
}

/**
 * Opens the producer's side.
 *
 * @throws QueueError if the server doesn't answer in time; nothing stays open then
 */
export async function openQueueObjects(
  options: QueueOptions,
  timeoutMs: number,
  connections?: number,
): Promise<QueueObjects> {
  const onError = createErrorLog(options.log, Date.now);
  const use: BackendUse = {
    role: 'producer',
    namespace: options.namespace ?? DEFAULT_NAMESPACE,
    timeoutMs,
    ...(connections === undefined ? {} : { connections }),
    onError,
  };
  const backend = await openBackend(options.backend, use);
  try {
    // BullMQ's own readiness stays rejected once it was: look before building on it.
    await withDeadline(options.backend, timeoutMs, () => backend.ready());
    const objects = buildObjects(options, backend, onError);
    await withDeadline(options.backend, timeoutMs, () => objects.flows.waitUntilReady());
    return objects;
  } catch (error) {
    await backend.close(true).catch(onError);
    throw error;
  }
}

function buildObjects(
  options: QueueOptions,
  backend: QueueBackend,
  onError: (error: unknown) => void,
): QueueObjects {
  const { connection, prefix, factory } = backend;
  const settings = { repeatStrategy: repeatStrategy(options.nextRun ?? nextScheduledRun) };
  const streams = { events: { maxLen: MAX_EVENTS } };
  const traced = options.telemetry === undefined ? {} : { telemetry: options.telemetry };
  const open = (name: QueueName): AnyQueue => {
    const settled = { connection, prefix, settings, streams, ...traced };
    const queue: AnyQueue = new bullmq.Queue(name, settled, factory);
    queue.on('error', onError);
    return queue;
  };
  const queues = { schedules: open('schedules'), runs: open('runs'), fetch: open('fetch') };
  const flows: AnyFlowProducer = new bullmq.FlowProducer(
    { connection, prefix, ...traced },
    factory,
  );
  flows.on('error', onError);
  return {
    backend,
    queues,
    flows,
    close: async (force) => {
      await Promise.allSettled([flows.close(), ...QUEUE_NAMES.map((name) => queues[name].close())]);
      await backend.close(force);
    },
  };
}
