import { readSourceHealth, type SourceHealth } from '@passerelle/sync';
import type { Context } from '../context.js';

const HOUR_MS = 3_600_000;
/** More of the timeline than anybody reads. */
const MOST_EVENTS = 200;

/**
 * How the source has fared over the last hours, by what the registry knows: the
 * source itself is not asked, nor the queue.
 */
export async function readHealth(
  context: Pick<Context, 'stores' | 'overload' | 'blackoutEnd' | 'now'>,
  hours: number,
): Promise<{ health: SourceHealth; now: Date }> {
  const { sourceState, runs } = await context.stores();
  const { overload, blackoutEnd, now } = context;
  const health = await readSourceHealth(
    { sourceState, runs, overload, blackoutEnd, now },
    { sinceMs: hours * HOUR_MS, events: MOST_EVENTS },
  );
  return { health, now: now() };
}
