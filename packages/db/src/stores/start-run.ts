import type { PlannedPart } from '@passerelle/roster';
import type { RunPart } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Staging } from '../staging/index.js';
import { partRow } from './end-part.js';
import { lockActiveRun, TRANSACTION } from './lock-run.js';
import { toPart } from './run-rows.js';

/** Begins a queued run; of one that has begun it returns the parts there are. Null: not active. */
export async function startRun(
  { client, staging }: { client: PrismaClient; staging: Staging },
  id: number,
  planned: readonly PlannedPart[],
  now: Date,
): Promise<RunPart[] | null> {
  return client.$transaction(async (tx) => {
    const state = await lockActiveRun(tx, id);
    if (state === null) return null;
    if (state === 'queued') {
      await tx.syncRun.update({ where: { id }, data: { state: 'running', startedAt: now } });
      await tx.syncRunPart.createMany({
        data: planned.map((part, index) => partRow(id, index + 1, part)),
      });
      const readings = [...new Set(planned.map((part) => part.reading))];
      await staging.createRunTables(tx, id, readings);
    }
    const rows = await tx.syncRunPart.findMany({
      where: { runId: id },
      orderBy: { number: 'asc' },
    });
    return rows.map(toPart);
  }, TRANSACTION);
}
