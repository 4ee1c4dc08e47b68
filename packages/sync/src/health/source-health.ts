import type { SyncContext } from '../context.js';
import type { Run } from '../ports/runs.js';
import type { CallFigures, PermitView, RecordedEvent } from '../ports/source-state.js';
import { type Advice, advise } from './advise.js';

/** How the source fares, for a person and for a program. */
export interface SourceHealth {
  /** `rests`: left alone after failures; `paused`: the calendar does not want bulk reading now. */
  state: 'answers' | 'rests' | 'paused' | 'unknown';
  /** Calls at once that are allowed now, and that never are passed. */
  limit: number;
  hardCap: number;
  /** The lowest number at which the server failed; null: it never has. */
  ceiling: number | null;
  /** The limit after each change within the time looked at, oldest first. */
  limitHistory: { at: Date; limit: number }[];
  underWay: PermitView[];
  restsSince: Date | null;
  nextProbeAt: Date | null;
  /** Calls that failed since the last that went well. */
  failuresInARow: number;
  lastSuccessAt: Date | null;
  retriesLeft: number;
  pausedUntil: Date | null;
  /** By operation and purpose, within the time looked at. */
  calls: CallFigures[];
  /** Runs that wait for the source or the calendar. */
  waiting: Run[];
  /** Newest first. */
  events: RecordedEvent[];
  advice: Advice[];
}

type Deps = Pick<SyncContext, 'sourceState' | 'runs' | 'overload' | 'blackoutEnd' | 'now'>;

/** Changes of the limit that a history holds at most. */
const MOST_EVENTS = 1_000;

/** @param options.sinceMs how far back to look; `events` how many of the latest to show */
export async function readSourceHealth(
  deps: Deps,
  options: { sinceMs: number; events: number },
): Promise<SourceHealth> {
  const { state, now, permits } = await deps.sourceState.read();
  const since = new Date(now - options.sinceMs);
  const events = await deps.sourceState.events({ since, limit: MOST_EVENTS });
  const calls = await deps.sourceState.calls(since);
  const pausedUntil = deps.blackoutEnd(deps.now());
  const { breaker, limit, budget, lastSuccessAt } = state;
  return {
    state: stateOf(breaker.restingSince !== null, pausedUntil !== null, lastSuccessAt),
    limit: limit.current,
    hardCap: deps.overload.hardCap,
    ceiling: limit.ceiling,
    limitHistory: limitHistory(events),
    underWay: permits,
    restsSince: dateOf(breaker.restingSince),
    nextProbeAt: breaker.restingSince === null ? null : new Date(breaker.probeAt),
    failuresInARow: breaker.failures,
    lastSuccessAt: dateOf(lastSuccessAt),
    retriesLeft: Math.floor(budget.tokens),
    pausedUntil,
    calls,
    waiting: (await deps.runs.activeRuns()).filter((run) => run.state === 'waiting'),
    events: events.slice(0, options.events),
    advice: advise({
      ...{ calls, events, ceiling: limit.ceiling },
      serverLimitMs: deps.overload.serverLimitMs,
    }),
  };
}

function stateOf(
  rests: boolean,
  paused: boolean,
  lastSuccessAt: number | null,
): SourceHealth['state'] {
  if (rests) return 'rests';
  if (paused) return 'paused';
  return lastSuccessAt === null ? 'unknown' : 'answers';
}

function limitHistory(newestFirst: readonly RecordedEvent[]): SourceHealth['limitHistory'] {
  return newestFirst
    .flatMap(({ at, event }) =>
      event.kind === 'limit_cut' || event.kind === 'limit_raised'
        ? [{ at, limit: event.to }]
        : event.kind === 'rest_ended'
          ? [{ at, limit: 1 }]
          : [],
    )
    .reverse();
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
