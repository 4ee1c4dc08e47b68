import type {
  BackendFactory,
  ConnectionOptions,
  FlowProducer,
  IQueueBackend,
  Job,
  Queue,
  Worker,
} from 'bullmq';

/** BullMQ's classes are typed for Redis unless told otherwise. */
export type AnyQueue = Queue<unknown, unknown, string, unknown, unknown, string, IQueueBackend>;
export type AnyWorker = Worker<unknown, void, string, IQueueBackend>;
export type AnyFlowProducer = FlowProducer<IQueueBackend>;
export type AnyJob = Job<unknown, unknown, string>;

/**
 * The connections of one producer or one set of workers, shared by all its
 * BullMQ objects, and what those need to be built on them.
 */
export interface QueueBackend {
  factory: BackendFactory<IQueueBackend>;
  connection: ConnectionOptions;
  /** Redis key prefix; PostgreSQL has a schema instead. */
  prefix: string;
  /** Resolves when the server answers and has what the queue needs. */
  ready(): Promise<void>;
  /** One round trip to the server. */
  ping(): Promise<void>;
  /** Runs `work` while no other process does so on the same queue. */
  exclusively<Result>(work: () => Promise<Result>): Promise<Result>;
  /**
   * Brings back to `nowMs` what lies in the future of the clock only because that was
   * ahead and was set back: the end of a dead worker's lock, the last look for such
   * locks, and the time of delayed jobs of these queues that is further off than their
   * delay.
   */
  recall(queues: readonly string[], nowMs: number): Promise<void>;
  /** Ends the connections, at once where `force`. */
  close(force?: boolean): Promise<void>;
}

/** Clocks of two processes may differ by so much, and what was just written by it. */
export const RECALL_FROM_MS = 30_000;

/** What a set of connections is for. */
export interface BackendUse {
  role: 'producer' | 'worker';
  namespace: string;
  /** Producers: how long one command may take. */
  timeoutMs: number;
  /** Producers on PostgreSQL: how many connections they open at most, as they need them. */
  connections?: number;
  onError: (error: unknown) => void;
}
