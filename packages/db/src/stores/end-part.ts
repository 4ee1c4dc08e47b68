import type { PlannedPart, Rejection } from '@passerelle/roster';
import type { Failure, RunStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { lockActiveRun, TRANSACTION } from './lock-run.js';

/** An attempt of a part that has come to an end. */
export interface EndingAttempt {
  runId: number;
  number: number;
  attempt: number;
}

/** The answer arrived whole, and this is what the attempt left in staging. */
export async function completePart(
  client: PrismaClient,
  ending: EndingAttempt,
  { read, staged, rejected, bytes, total }: Parameters<RunStore['completePart']>[3],
  following: readonly PlannedPart[],
  now: Date,
): Promise<number[] | null> {
  const data = { state: 'done', read, staged, rejected, bytes, total, endedAt: now } as const;
  // Most parts have nothing that follows: one statement.
  if (following.length === 0) return (await end(client, ending, data)) ? [] : null;
  return endAndAdd(client, ending, data, following, 0);
}

/** The part is asked for in pieces instead. */
export function splitPart(
  client: PrismaClient,
  ending: EndingAttempt,
  pieces: readonly PlannedPart[],
  tries: number,
  { kind, sentence }: Failure,
  now: Date,
): Promise<number[] | null> {
  const data = { state: 'split', errorKind: kind, error: sentence, endedAt: now } as const;
  return endAndAdd(client, ending, data, pieces, tries);
}

/** The part is set aside, with a rejected record that says where it is. */
export async function setPartAside(
  client: PrismaClient,
  ending: EndingAttempt,
  { ordinal, code, reason, path, message }: Rejection,
  following: readonly PlannedPart[],
  now: Date,
): Promise<number[] | null> {
  const data = { state: 'set_aside', rejected: 1, error: message, endedAt: now } as const;
  return endAndAdd(client, ending, data, following, 0, async (tx, entity) => {
    const { runId, number: partNumber } = ending;
    await tx.rejectedRecord.create({
      data: { runId, partNumber, entity, ordinal, code, reason, path, message },
    });
  });
}

type Ended = Prisma.SyncRunPartUpdateManyMutationInput;
type Transaction = Prisma.TransactionClient;

async function end(
  client: PrismaClient | Transaction,
  { runId, number, attempt }: EndingAttempt,
  data: Ended,
): Promise<boolean> {
  const { count } = await client.syncRunPart.updateMany({
    where: { runId, number, attempt, state: 'running' },
    data,
  });
  return count === 1;
}

/** Ends a part and adds others to its run, which is locked for their numbers. */
function endAndAdd(
  client: PrismaClient,
  ending: EndingAttempt,
  data: Ended,
  parts: readonly PlannedPart[],
  tries: number,
  besides: (tx: Transaction, entity: string) => Promise<void> = async () => {},
): Promise<number[] | null> {
  const { runId, number } = ending;
  return client.$transaction(async (tx) => {
    if ((await lockActiveRun(tx, runId)) === null) return null;
    if (!(await end(tx, ending, data))) return null;
    const part = await tx.syncRunPart.findFirstOrThrow({ where: { runId, number } });
    await besides(tx, part.entity);
    // A part that is read again has what follows it already.
    if ((await tx.syncRunPart.count({ where: { runId, splitFrom: number } })) > 0) return [];
    const { _max: highest } = await tx.syncRunPart.aggregate({
      where: { runId },
      _max: { number: true },
    });
    const first = (highest.number ?? 0) + 1;
    const rows = parts.map((piece, index) => ({
      ...partRow(runId, first + index, piece),
      ...{ tries, splitFrom: number },
    }));
    await tx.syncRunPart.createMany({ data: rows });
    return rows.map((row) => row.number);
  }, TRANSACTION);
}

/** A planned part as a row. */
export function partRow(
  runId: number,
  number: number,
  { reading, periodCode, siteCode, groupCode, page }: PlannedPart,
): Prisma.SyncRunPartCreateManyInput {
  return {
    ...{ runId, number, entity: reading, periodCode, siteCode, groupCode },
    ...{ pageOffset: page?.offset ?? null, pageLimit: page?.limit ?? null },
    pageLast: page?.last ?? false,
  };
}
