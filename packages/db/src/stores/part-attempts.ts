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
      run: { state: { in: ['running', 'waiting'] } },
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
  await goOn(client, runId);
  // Not in one transaction: rows carry their attempt, older ones do not count anyway.
  if (row.attempt > 1) await staging.removeAttempts(client, runId, number);
  return toPart(row);
}

/** A run that waited is running again. */
async function goOn(client: PrismaClient, runId: number): Promise<void> {
  await client.syncRun.updateMany({
    where: { id: runId, state: 'waiting' },
    data: { state: 'running', waitReason: null, waitUntil: null },
  });
}

/** A run that cannot go on for now. */
export async function markWaiting(
  client: PrismaClient,
  runId: number,
  { reason, until }: Parameters<RunStore['markWaiting']>[1],
): Promise<void> {
  await client.syncRun.updateMany({
    where: { id: runId, state: { in: ['running', 'waiting'] } },
    data: { state: 'waiting', waitReason: reason, waitUntil: until },
  });
}

/** Back among the pending, with so many failures that count. */
export async function postponePart(
  client: PrismaClient,
  runId: number,
  number: number,
  attempt: number,
  tries: number,
  failure: Failure | null,
): Promise<boolean> {
  const count = await client.$executeRaw`
    UPDATE sync_run_parts
       SET state = 'pending', tries = ${tries}::int,
           failed_at = CASE WHEN ${failure === null} THEN failed_at ELSE clock_timestamp() END,
           error_kind = ${failure?.kind ?? null}, error = ${failure?.sentence ?? null}
     WHERE run_id = ${runId}::int AND number = ${number}::int AND attempt = ${attempt}::int
       AND state = 'running'`;
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
