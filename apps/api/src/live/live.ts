import { Readable } from 'node:stream';
import type { EventScope } from '@passerelle/sync';
import { type ApiDeps, DEFAULT_LIMITS } from '../deps.js';
import { createEventWatch } from './event-watch.js';
import { createOpenStreams } from './open-streams.js';
import { streamEvents } from './stream-events.js';

/** Event streams of this process. */
export interface Live {
  /**
   * Opens one.
   * @param caller whose it is: nobody has more than a few
   * @throws ProblemError where there are too many
   */
  open(caller: string, options: LiveOptions): Readable;
}

export interface LiveOptions {
  scope: EventScope;
  /** The last event that was received; null: what comes from now on. */
  after: string | null;
  /** Whether whoever follows may still do so. */
  mayFollow: () => Promise<boolean>;
  /** Aborted when nobody listens any more: the place is another's at once. */
  left: AbortSignal;
}

/** A stream ends after this, and the browser comes back: rights, proxies and memory are fresh then. */
const STREAM_MS = 3_600_000;

type Deps = Pick<ApiDeps, 'runEvents' | 'sync' | 'showTime' | 'limits'>;

/** Makes a place for event streams, which all end when the server stops. */
export function createLive(
  { runEvents: events, sync, showTime: time, limits }: Deps,
  stopping: AbortSignal,
): Live {
  const { pulseMs } = { ...DEFAULT_LIMITS, ...limits };
  const watch = createEventWatch(events, sync.log);
  const streams = createOpenStreams();
  return {
    open: (caller, options) => {
      const giveBack = streams.take(caller);
      const closing = new AbortController();
      const signals = [closing.signal, options.left, stopping, AbortSignal.timeout(STREAM_MS)];
      const ended = AbortSignal.any(signals);
      const stream = Readable.from(
        streamEvents({ ...options, events, watch, pulseMs, time, signal: ended }),
        { objectMode: false },
      );
      const leave = (): void => {
        closing.abort();
        giveBack();
      };
      // A stream that is ended while it waits for events closes no sooner than it wakes up.
      options.left.addEventListener('abort', leave, { once: true });
      stream.once('close', leave);
      if (options.left.aborted) leave();
      stream.on('error', (error) => sync.log.warn({ err: error }, 'an event stream broke off'));
      return stream;
    },
  };
}
