import type { Failure, RunPart, RunStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Staging } from '../staging/index.js';
import { toPart } from './run-rows.js';

interface Deps {
  client: PrismaClient;
  staging: Staging;
}

/** Takes a part up once more, unless the run or the part has come to its end. */
export async function beginPart(
  { client, staging }: Deps,
  runId: number,
  number: number,
  now: Date,
): Promise<RunPart | null> {
  const [row] = await client.syncRunPart.updateManyAndReturn({
    where: {
      runId,
      number,
      state: { in: ['pending', 'running'] },
      run: { state: 'running' },
    },
    data: {
      state: 'running',
      attempt: { increment: 1 },
      startedAt: now,
      endedAt: null,
      errorKind: null,
      error: null,
    },
  });
  if (row === undefined) return null;
  // Not in one transaction: rows carry their attempt, older ones do not count anyway.
  if (row.attempt > 1) await staging.removeAttempts(client, runId, number);
  return toPart(row);
}

/** The answer arrived whole, and this is what the attempt left in staging. */
export async function completePart(
  client: PrismaClient,
  runId: number,
  number: number,
  attempt: number,
  figures: Parameters<RunStore['completePart']>[3],
  now: Date,
): Promise<boolean> {
  const { read, staged, rejected, bytes } = figures;
  const { count } = await client.syncRunPart.updateMany({
    where: { runId, number, attempt, state: 'running' },
    data: { state: 'done', read, staged, rejected, bytes, endedAt: now },
  });
  return count === 1;
}

/** The part will not be tried again in this run. */
export async function failPart(
  client: PrismaClient,
  runId: number,
  number: number,
  attempt: number,
  { kind, sentence }: Failure,
  now: Date,
): Promise<boolean> {
  const { count } = await client.syncRunPart.updateMany({
    where: { runId, number, attempt, state: 'running' },
    data: { state: 'failed', errorKind: kind, error: sentence, endedAt: now },
  });
  return count === 1;
}
