import type { SyncContext } from '../context.js';
import type { RunWait } from '../ports/runs.js';

type Deps = Pick<SyncContext, 'sourceState' | 'blackoutEnd' | 'now' | 'random' | 'log'>;

/** Why bulk reading must not go on now, and for how long. */
export interface Pause extends RunWait {
  /** In milliseconds, a little more than until then: not everybody comes back at once. */
  delayMs: number;
}

const LONGEST_STAGGER_MS = 2_000;
/** A window may be shortened meanwhile; a probe by somebody else may end a rest. */
const LOOK_AGAIN_MS = 300_000;

/**
 * Whether the calendar or a rest of the source stands against reading now. When
 * a probe is due, nothing does: whoever comes first makes it (the gate).
 */
export async function pauseOfReading(deps: Deps): Promise<Pause | null> {
  const blackout = pauseOfCalendar(deps);
  if (blackout !== null) return blackout;
  const now = deps.now();
  const { state, now: at } = await deps.sourceState.state();
  const { restingSince, probeAt, probingUntil } = state.breaker;
  if (restingSince === null) return null;
  // While somebody probes, the outcome is a moment away.
  const waitMs = probingUntil > at ? 0 : probeAt - at;
  if (waitMs <= 0 && probingUntil <= at) return null;
  return pauseUntil(deps, 'source', new Date(now.getTime() + waitMs), waitMs);
}

/**
 * The pause of a part whose call was not made: the calendar's, or else the
 * source's, which has said how long.
 */
export function pauseFor(
  deps: Pick<Deps, 'blackoutEnd' | 'now' | 'random'>,
  waitMs: number,
): Pause {
  const blackout = pauseOfCalendar(deps);
  if (blackout !== null) return blackout;
  return pauseUntil(deps, 'source', new Date(deps.now().getTime() + waitMs), waitMs);
}

function pauseOfCalendar(deps: Pick<Deps, 'blackoutEnd' | 'now' | 'random'>): Pause | null {
  const now = deps.now();
  const end = deps.blackoutEnd(now);
  return end && pauseUntil(deps, 'calendar', end, end.getTime() - now.getTime());
}

function pauseUntil(
  { random }: Pick<Deps, 'random'>,
  reason: Pause['reason'],
  until: Date,
  waitMs: number,
): Pause {
  const stagger = Math.floor(random() * LONGEST_STAGGER_MS);
  return { reason, until, delayMs: Math.min(LOOK_AGAIN_MS, Math.max(0, waitMs)) + stagger };
}
