import { ACTIVE_RUN_STATES } from '@passerelle/roster';
import { type EventScope, type RunEvent, type RunEvents, toRunEventJson } from '@passerelle/sync';
import type { EventWatch } from './event-watch.js';

export interface StreamOptions {
  events: Pick<RunEvents, 'after' | 'last'>;
  watch: EventWatch;
  scope: EventScope;
  /** The last event that was received; null: what comes from now on. */
  after: string | null;
  /** Something is sent at least so often; rights are looked at again then, and before events. */
  pulseMs: number;
  /** Whether whoever follows may still do so. */
  mayFollow: () => Promise<boolean>;
  /** Shows a time in the centre's time zone. */
  time: (at: Date) => string;
  /** Aborted when nobody listens any more, or the server stops. */
  signal: AbortSignal;
}

/** A browser that was cut off comes back after this. */
const COME_BACK_MS = 2_000;
const AT_A_TIME = 200;

/**
 * Server-sent events (WHATWG HTML, section 9.2) about runs, each with its number as
 * `id`: a browser that was cut off says the last it has, and misses none. The stream of
 * one run ends with it (`event: end`).
 */
export async function* streamEvents(options: StreamOptions): AsyncGenerator<string> {
  const { events, watch, scope, pulseMs, time, signal } = options;
  const last = await events.last();
  // A number that is still to come was given by a database that was replaced since.
  let position =
    options.after === null || BigInt(options.after) > BigInt(last) ? last : options.after;
  // What a browser is to say when it comes back before the first event.
  yield `retry: ${COME_BACK_MS}\nid: ${position}\n\n`;
  let checkedAt = performance.now();
  // The last event there is, as far as is known here.
  let known = last;
  for (;;) {
    const isBehind = BigInt(known) > BigInt(position);
    const found: RunEvent[] = isBehind ? await events.after(position, scope, AT_A_TIME) : [];
    const isDue = performance.now() - checkedAt >= pulseMs;
    // Nothing is told to somebody whose right ended a moment ago.
    if (isDue || found.length > 0) {
      if (!(await options.mayFollow())) return;
      checkedAt = performance.now();
    }
    for (const event of found) yield frame(event, time);
    if (scope.runId !== undefined && found.some(isEndOfRun)) {
      yield 'event: end\ndata: {}\n\n';
      return;
    }
    const isAll = found.length < AT_A_TIME;
    position = isAll ? laterOf(known, found) : laterOf(position, found);
    if (isDue) yield ': still here\n\n';
    const next: string | null = isAll
      ? await watch.beyond(position, pulseMs, signal)
      : await events.last();
    known = next ?? known;
    if (signal.aborted) return;
  }
}

/** What was looked through was seen, whether or not it was to be shown. */
function laterOf(id: string, found: readonly RunEvent[]): string {
  const last = found.at(-1)?.id ?? '0';
  return BigInt(last) > BigInt(id) ? last : id;
}

const ENDLESS: readonly string[] = [...ACTIVE_RUN_STATES, 'held'];

function isEndOfRun({ part, state }: RunEvent): boolean {
  return part === null && !ENDLESS.includes(state);
}

function frame(event: RunEvent, time: (at: Date) => string): string {
  const data = JSON.stringify(toRunEventJson(event, time));
  return `id: ${event.id}\nevent: ${event.part === null ? 'run' : 'part'}\ndata: ${data}\n\n`;
}
