import { ACTIVE_RUN_STATES, type RunState } from '@passerelle/roster';
import type { Prisma } from '../generated/client.js';

/** Dropping a staging table waits for those who write to it; Prisma's 5 s are too few. */
export const TRANSACTION = { maxWait: 30_000, timeout: 120_000 };

/**
 * Keeps others from changing the run until the transaction ends. Always taken
 * before the locks on its parts.
 *
 * @returns its state, or null when it is unknown or has ended
 */
export async function lockActiveRun(
  tx: Prisma.TransactionClient,
  id: number,
): Promise<RunState | null> {
  const rows = await tx.$queryRaw<{ state: RunState }[]>`
    SELECT state FROM sync_runs WHERE id = ${id} FOR NO KEY UPDATE`;
  const state = rows[0]?.state;
  const isActive = (ACTIVE_RUN_STATES as readonly (RunState | undefined)[]).includes(state);
  return isActive && state !== undefined ? state : null;
}
