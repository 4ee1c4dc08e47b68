import type {
  ApproveOutcome,
  ReconcileContext,
  RejectOutcome,
  Run,
  RunDecision,
} from '@passerelle/sync';
import type { PrismaClient } from '../../generated/client.js';
import { approveHeld } from './approve-held.js';
import { rejectHeld } from './reject-held.js';

/** Suspending half a centre takes seconds; waiting for a sync that is being applied, a minute. */
const TRANSACTION = { maxWait: 60_000, timeout: 1_800_000 };

type ReadRun = (id: number) => Promise<Run | null>;

/** Port `Registry.approveRun`. */
export async function approveRun(
  db: PrismaClient,
  readRun: ReadRun,
  runId: number,
  decision: RunDecision,
  context: ReconcileContext,
): Promise<ApproveOutcome> {
  const approval = await db.$transaction(
    (tx) => approveHeld(tx, runId, decision, context),
    TRANSACTION,
  );
  const run = await readRun(runId);
  if (approval.outcome === 'not_held' || run === null) return { outcome: 'not_held', run };
  return { ...approval, run };
}

/** Port `Registry.rejectRun`. */
export async function rejectRun(
  db: PrismaClient,
  readRun: ReadRun,
  runId: number,
  decision: RunDecision,
  now: Date,
): Promise<RejectOutcome> {
  const dropped = await db.$transaction((tx) => rejectHeld(tx, runId, decision, now), TRANSACTION);
  const run = await readRun(runId);
  if (dropped === null || run === null) return { outcome: 'not_held', run };
  return { outcome: 'rejected', run, dropped };
}
