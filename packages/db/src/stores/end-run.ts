import type { Failure, Run } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Staging } from '../staging/index.js';
import { lockActiveRun, TRANSACTION } from './lock-run.js';
import { toRun } from './run-rows.js';

interface Deps {
  client: PrismaClient;
  staging: Staging;
}

/** Ends a run that applied nothing, with its open parts and its staging. Null: it had ended. */
export async function endRun(
  { client, staging }: Deps,
  id: number,
  state: 'failed' | 'cancelled',
  failure: Failure | null,
  now: Date,
): Promise<Run | null> {
  return client.$transaction(async (tx) => {
    if ((await lockActiveRun(tx, id)) === null) return null;
    await tx.syncRunPart.updateMany({
      where: { runId: id, state: { in: ['pending', 'running'] } },
      data: { state: 'cancelled', endedAt: now },
    });
    const run = await tx.syncRun.update({
      where: { id },
      data: {
        state,
        errorKind: failure?.kind ?? null,
        error: failure?.sentence ?? null,
        endedAt: now,
        waitReason: null,
        waitUntil: null,
      },
    });
    await tx.plannedChange.deleteMany({ where: { runId: id } }); // of an attempt broken off
    await staging.dropRunTables(tx, id);
    return toRun(run);
  }, TRANSACTION);
}
