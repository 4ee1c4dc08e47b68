import type { SyncContext } from '../context.js';
import type { RetentionDates, RetentionDays } from '../ports/retention.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Forgets what has been kept long enough: looks once an hour, and while there is
 * more takes a bounded batch with each round, so that no round takes long.
 */
export function createHistoryTrimming({
  retention,
  keepDays,
  now,
  log,
}: Pick<SyncContext, 'retention' | 'keepDays' | 'now' | 'log'>): () => Promise<void> {
  let trimmedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - trimmedAt < HOUR_MS) return;
    const { rows, more } = await retention.trim(datesBefore(keepDays, now()));
    if (Object.values(rows).some((count) => count > 0)) log.info(rows, 'old records forgotten');
    if (!more) trimmedAt = performance.now();
  };
}

function datesBefore({ runs, changes, rejected, audit }: RetentionDays, now: Date): RetentionDates {
  const before = (days: number): Date => new Date(now.getTime() - days * DAY_MS);
  return {
    runs: before(runs),
    changes: before(changes),
    rejected: before(rejected),
    audit: before(audit),
  };
}
