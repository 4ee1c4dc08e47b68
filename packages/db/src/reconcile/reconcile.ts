import { isTaskName, type Reading, TASKS } from '@passerelle/roster';
import type { ReconcileContext, ReconcileOutcome, Run } from '@passerelle/sync';
import type { PrismaClient } from '../generated/client.js';
import type { SqlClient } from '../staging/tables.js';
import { userKindOf } from '../staging/user-kinds.js';
import { describeFailures, firstFailure } from './describe-failures.js';
import { type Ending, finishRun } from './finish-run.js';
import { freezeStaging } from './freeze-staging.js';
import { DEFINITION_LIST, GROUP_LIST, SITE_LIST } from './lists/list-spec.js';
import { reconcileList } from './lists/reconcile-list.js';
import { type EndedPart, loadParts } from './load-parts.js';
import { type LockedRun, lockRun } from './lock-run.js';
import { findBrokenSkeletons } from './people/check-skeletons.js';
import { reconcilePeople } from './people/reconcile-people.js';
import { seePeople } from './people/see-people.js';
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
  const decision = await db.$transaction((tx) => reconcileLocked(tx, runId, context), TRANSACTION);
  if (decision === 'stopped') return { outcome: 'stopped' };
  if (decision !== 'ended') return { outcome: 'restage', partNumbers: decision.restage };
  const run = await readRun(runId);
  return run === null ? { outcome: 'stopped' } : { outcome: 'applied', run };
}

async function reconcileLocked(
  tx: SqlClient,
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
    await finishRun(tx, runId, { state: 'failed', failure, applied: null }, now);
    return 'ended';
  }
  await lockReferences(tx);
  const aside = parts.filter((part) => part.state === 'set_aside');
  const work = toWork(tx, run, readings, { done, aside, failed }, context);
  const applied = await applyRows(work);
  if ('restage' in applied) return restage(tx, runId, applied.restage);
  await finishRun(tx, runId, toEnding(applied, failed, parts.length), now);
  return 'ended';
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
): Work {
  return {
    tx,
    runId: run.id,
    readings,
    now: context.now.toISOString(),
    context,
    doneParts: done.map((part) => part.number),
    partsSetAside: aside.map((part) => part.number),
    complete: failed.length === 0 && run.site_code === null,
  };
}

async function applyRows(work: Work): Promise<Applied | { restage: number[] }> {
  const [reading] = work.readings;
  const kind = reading === undefined ? null : userKindOf(reading);
  if (reading !== undefined && kind !== null) {
    const staged = await seePeople(work, kind);
    const broken = await findBrokenSkeletons(work);
    if (broken.length > 0) return { restage: broken };
    return reconcilePeople(work, reading, kind, staged);
  }
  if (reading === 'sites') return reconcileList(work, SITE_LIST);
  const isGroups = reading === 'groups' || reading === 'pdgroups';
  return reconcileList(work, isGroups ? GROUP_LIST : DEFINITION_LIST);
}

function toEnding(applied: Applied, failed: readonly EndedPart[], parts: number): Ending {
  if (failed.length > 0) {
    return { state: 'partial', failure: describeFailures(failed, parts), applied };
  }
  return { state: applied.holdReasons.length > 0 ? 'held' : 'succeeded', failure: null, applied };
}
