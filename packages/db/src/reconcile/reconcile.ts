import { type GuardSettings, isTaskName, type Reading, TASKS } from '@passerelle/roster';
import type { ReconcileContext, ReconcileOutcome, Run } from '@passerelle/sync';
import type { PrismaClient } from '../generated/client.js';
import { forgetPlans } from '../plan/keep-plan.js';
import type { SqlClient } from '../staging/tables.js';
import { userKindOf } from '../staging/user-kinds.js';
import { describeFailures, firstFailure } from './describe-failures.js';
import { type Ending, finishRun } from './finish-run.js';
import { sayWhyHeld } from './guards/hold-reason.js';
import { loadGuardSettings } from './guards/load-settings.js';
import { supersedeHeldRuns } from './held/hold-removals.js';
import { freezeStaging } from './freeze-staging.js';
import { listSpecOf } from './lists/list-spec.js';
import { reconcileList } from './lists/reconcile-list.js';
import { explainAbsence } from './people/explain-absence.js';
import { type EndedPart, loadParts } from './load-parts.js';
import { type LockedRun, lockRun } from './lock-run.js';
import { findBrokenSkeletons } from './people/check-skeletons.js';
import { findErasedStaged } from './people/find-erased-staged.js';
import { reconcilePeople } from './people/reconcile-people.js';
import { seePeople } from './people/see-people.js';
import { quarantineRejected, releaseHealthy } from './quarantine.js';
import { rehearse } from './rehearse.js';
import { restageParts } from './restage-parts.js';
import { lockReferences, tuneTransaction } from './settings.js';
import type { Applied, Work } from './work.js';

/** 500,000 people take some ten seconds; a transaction that takes this long has lost its database. */
const TRANSACTION = { maxWait: 60_000, timeout: 1_800_000 };

/** What a transaction of reconciling decided. */
type Decision = 'ended' | 'stopped' | { restage: number[] };

/**
 * Applies what a run staged, in one transaction (port `Registry.reconcile`).
 * Killed anywhere, it leaves everything as it was; made again after its end, it
 * answers as the first time.
 *
 * @param readRun finds a run as the port shows it
 */
export async function reconcile(
  db: PrismaClient,
  readRun: (id: number) => Promise<Run | null>,
  runId: number,
  context: ReconcileContext,
): Promise<ReconcileOutcome> {
  const decision = await db.$transaction(
    (tx) => reconcileLocked({ tx, elsewhere: db }, runId, context),
    TRANSACTION,
  );
  if (decision === 'stopped') return { outcome: 'stopped' };
  if (decision !== 'ended') return { outcome: 'restage', partNumbers: decision.restage };
  const run = await readRun(runId);
  return run === null ? { outcome: 'stopped' } : { outcome: 'applied', run };
}

/** The one transaction, and a connection apart from it, for what is to outlive a dry run's. */
interface Connections {
  tx: SqlClient;
  elsewhere: SqlClient;
}

async function reconcileLocked(
  { tx, elsewhere }: Connections,
  runId: number,
  context: ReconcileContext,
): Promise<Decision> {
  await tuneTransaction(tx);
  const run = await lockRun(tx, runId);
  if (run === null || !isTaskName(run.task)) return 'stopped';
  if (['succeeded', 'partial', 'held', 'failed'].includes(run.state)) return 'ended';
  if (run.state !== 'running' && run.state !== 'waiting') return 'stopped';

  const { readings } = TASKS[run.task];
  const parts = await loadParts(tx, runId);
  const lost = await findLostParts(tx, runId, readings, parts);
  if (lost.length > 0) return restage(tx, runId, lost);

  const done = parts.filter((part) => part.state === 'done');
  const failed = parts.filter((part) => part.state === 'failed');
  const now = context.now.toISOString();
  if (done.length === 0 && failed.length > 0) {
    const failure = firstFailure(failed);
    await forgetPlans(tx, runId);
    await finishRun(tx, runId, { state: 'failed', failure, applied: null, holdReason: null }, now);
    return 'ended';
  }
  await lockReferences(tx);
  const aside = parts.filter((part) => part.state === 'set_aside');
  const guards = await loadGuardSettings(tx, run.task);
  const work = toWork(tx, run, readings, { done, aside, failed }, context, guards);
  const failure = run.user_id === null ? null : await explainAbsence(work, failed);
  if (failure !== null) {
    await quarantineRejected(work);
    await finishRun(tx, runId, { state: 'failed', failure, applied: null, holdReason: null }, now);
    return 'ended';
  }
  const applied = run.dry_run
    ? await rehearse(work, elsewhere, () => applyRows(work))
    : await applyRows(work);
  if ('restage' in applied) return restage(tx, runId, applied.restage);
  if (!run.dry_run) await settle(work);
  await finishRun(tx, runId, toEnding(run, applied, failed, parts.length), now);
  return 'ended';
}

/** What an applied run means for what earlier ones have left; a dry one leaves that as it is. */
async function settle(work: Work): Promise<void> {
  await quarantineRejected(work);
  await releaseHealthy(work);
  if (work.complete) await supersedeHeldRuns(work);
}

const ENDED_STATES = ['done', 'failed', 'split', 'set_aside'];

/** Parts that have not ended after all, or whose rows are gone. */
async function findLostParts(
  tx: SqlClient,
  runId: number,
  readings: readonly Reading[],
  parts: readonly EndedPart[],
): Promise<number[]> {
  const open = parts.filter(({ state }) => !ENDED_STATES.includes(state));
  if (open.length > 0) return open.map((part) => part.number);
  const done = parts.filter((part) => part.state === 'done');
  return freezeStaging(tx, runId, readings, done);
}

async function restage(tx: SqlClient, runId: number, numbers: number[]): Promise<Decision> {
  await restageParts(tx, runId, numbers);
  return { restage: numbers };
}

function toWork(
  tx: SqlClient,
  run: LockedRun,
  readings: readonly Reading[],
  { done, aside, failed }: Record<'done' | 'aside' | 'failed', readonly EndedPart[]>,
  context: ReconcileContext,
  guards: GuardSettings,
): Work {
  return {
    tx,
    runId: run.id,
    readings,
    now: context.now.toISOString(),
    context,
    doneParts: done.map((part) => part.number),
    partsSetAside: aside.map((part) => part.number),
    complete: failed.length === 0 && readsEverything(run),
    person: run.user_id,
    guards,
    actor: null,
  };
}

function readsEverything({ site_code, user_id, only_missing }: LockedRun): boolean {
  return site_code === null && user_id === null && !only_missing;
}

async function applyRows(work: Work): Promise<Applied | { restage: number[] }> {
  const [reading] = work.readings;
  if (reading === undefined) throw new Error(`Run ${work.runId} is of a task that reads nothing.`);
  const kind = userKindOf(reading);
  if (kind === null) return reconcileList(work, listSpecOf(reading));
  const erased = await findErasedStaged(work, kind);
  if (erased.length > 0) return { restage: erased };
  const staged = await seePeople(work, kind);
  const broken = await findBrokenSkeletons(work);
  if (broken.length > 0) return { restage: broken };
  return reconcilePeople(work, reading, kind, staged);
}

/** A dry run has nothing to hold back: that the run would be held is part of its plan. */
function toEnding(
  run: LockedRun,
  applied: Applied,
  failed: readonly EndedPart[],
  parts: number,
): Ending {
  const isHeld = applied.verdict.tripped.length > 0;
  const holdReason = isHeld ? sayWhyHeld(applied.verdict.tripped, applied.held, run.dry_run) : null;
  if (failed.length > 0) {
    return {
      state: 'partial',
      failure: describeFailures(failed, parts),
      applied,
      holdReason: null,
    };
  }
  const state = isHeld && !run.dry_run ? 'held' : 'succeeded';
  return { state, failure: null, applied, holdReason };
}
