/** How far a run is, or how it ended. */
export const RUN_STATES = [
  'queued',
  'running',
  'waiting',
  'held',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Still under way: at most one such run of a task exists (partial unique index). */
export const ACTIVE_RUN_STATES = ['queued', 'running', 'waiting'] as const;
