import type { Author, Failure, Run } from '@passerelle/sync';
import { recordEvent } from '../access/audit-log.js';
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
  author?: Author,
): Promise<Run | null> {
  return client.$transaction(async (tx) => {
    const before = await lockActiveRun(tx, id);
    if (before === null) return null;
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
    if (author !== undefined) {
      const event = { action: 'run.cancelled', entity: 'run', entityId: String(id) };
      const states = { before: { state: before }, after: { state } };
      await recordEvent(tx, { ...event, ...states }, author, now);
    }
    return toRun(run);
  }, TRANSACTION);
}
