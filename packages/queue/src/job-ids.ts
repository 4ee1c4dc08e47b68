/**
 * Job ids are made of the run and its generation, so that whoever enqueues the
 * same thing again, after a crash or in another process, adds nothing.
 * BullMQ forbids colons in them.
 */
export const runJobId = (runId: number, count: number): string => `run-${runId}-${count}`;
export const reconcileJobId = (runId: number, count: number): string =>
  `reconcile-${runId}-${count}`;
export const fetchJobId = (runId: number, count: number, part: number): string =>
  `fetch-${runId}-${count}-${part}`;
