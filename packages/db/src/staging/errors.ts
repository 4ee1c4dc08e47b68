/** The run's staging tables are gone, because it ended meanwhile: there is nothing to stage for. */
export class StagingGone extends Error {
  override readonly name = 'StagingGone';

  constructor(runId: number) {
    super(`Run ${runId} has ended: what is still being read for it is thrown away.`);
  }
}

/** Is this PostgreSQL's "relation does not exist" (42P01), however deep it is wrapped? */
export function isMissingTable(error: unknown): boolean {
  for (let cause = error, depth = 0; depth < 6; depth += 1) {
    if (typeof cause !== 'object' || cause === null) return false;
    const { originalCode, meta, cause: inner } = cause as Record<string, unknown>;
    if (originalCode === '42P01') return true;
    const driver = (meta as { driverAdapterError?: unknown } | undefined)?.driverAdapterError;
    cause = driver ?? inner;
  }
  return false;
}
