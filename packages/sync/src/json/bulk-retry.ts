import { RUN_STATES, TASK_NAMES } from '@passerelle/roster';
import { z } from 'zod';
import type { BulkRetry } from '../ports/bulk-retries.js';

const instant = z.iso.datetime();

/** Retrying many runs as one operation, and how far it has come. */
export const bulkRetryJson = z.strictObject({
  id: z.int().positive(),
  state: z.enum(['running', 'done', 'cancelled']),
  since: instant,
  until: instant,
  task: z.enum(TASK_NAMES).nullable(),
  site: z.string().nullable(),
  requestedBy: z.string(),
  reason: z.string().nullable(),
  createdAt: instant,
  endedAt: instant.nullable(),
  runs: z.array(
    z.strictObject({
      run: z.int().positive(),
      state: z.enum(['pending', 'retried', 'superseded', 'cancelled']),
      retry: z.int().positive().nullable(),
      retryState: z.enum(RUN_STATES).nullable(),
    }),
  ),
});
export type BulkRetryJson = z.infer<typeof bulkRetryJson>;

/** A bulk retry as JSON. */
export function toBulkRetryJson(bulkRetry: BulkRetry): BulkRetryJson {
  const { id, state, task, siteCode: site, requestedBy, reason, runs } = bulkRetry;
  return {
    ...{ id, state, task, site, requestedBy, reason },
    since: bulkRetry.since.toISOString(),
    until: bulkRetry.until.toISOString(),
    createdAt: bulkRetry.createdAt.toISOString(),
    endedAt: bulkRetry.endedAt?.toISOString() ?? null,
    runs: runs.map(({ runId: run, state: runState, retryRunId: retry, retryState }) => ({
      ...{ run, state: runState, retry, retryState },
    })),
  };
}
