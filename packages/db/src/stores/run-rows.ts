import {
  ACTIVE_RUN_STATES,
  isTaskName,
  type Reading,
  type SchoolYearChange,
  type TrippedGuard,
} from '@passerelle/roster';
import type { RejectedRecord, Run, RunPart, RunWait } from '@passerelle/sync';
import type { RejectedRecordModel, SyncRunModel, SyncRunPartModel } from '../generated/models.js';

/** For Prisma's `in`, which wants an array of its own. */
export const activeStates = [...ACTIVE_RUN_STATES];

/** A row of `sync_runs` in the port's terms. */
export function toRun(row: SyncRunModel): Run {
  const { task, read, created, updated, unchanged, suspended, rejected } = row;
  if (!isTaskName(task)) throw new Error(`Run ${row.id} is of a task that no longer exists.`);
  return {
    id: row.id,
    task,
    state: row.state,
    trigger: row.trigger,
    siteCode: row.siteCode,
    userId: row.userId,
    retryOfId: row.retryOfId,
    onlyMissing: row.onlyMissing,
    requestedBy: row.requestedBy,
    dryRun: row.dryRun,
    enqueueCount: row.enqueueCount,
    holdReason: row.holdReason,
    errorKind: row.errorKind,
    error: row.error,
    counts: { read, created, updated, unchanged, suspended, rejected },
    missing: row.missing,
    links: { added: row.linksAdded, removed: row.linksRemoved },
    guards: toTrippedGuards(row.guards),
    schoolYear: toSchoolYear(row.schoolYear),
    decision: toDecision(row),
    wait: toWait(row),
    queuedAt: row.queuedAt,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}

/** A row of `sync_run_parts` in the port's terms. */
export function toPart(row: SyncRunPartModel): RunPart {
  return {
    number: row.number,
    reading: row.entity as Reading, // written from a PlannedPart, never from outside
    periodCode: row.periodCode,
    siteCode: row.siteCode,
    groupCode: row.groupCode,
    page: toPage(row),
    state: row.state,
    attempt: row.attempt,
    tries: row.tries,
    failedAt: row.failedAt,
    splitFrom: row.splitFrom,
    read: row.read,
    rejected: row.rejected,
    errorKind: row.errorKind,
    error: row.error,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}

/** Written by reconciling, and by nothing else. */
function toTrippedGuards(guards: unknown): TrippedGuard[] {
  return Array.isArray(guards) ? (guards as TrippedGuard[]) : [];
}

function toSchoolYear(change: unknown): SchoolYearChange | null {
  return change === null ? null : (change as SchoolYearChange);
}

function toDecision({ decidedBy, decisionReason, decidedAt }: SyncRunModel): Run['decision'] {
  if (decidedBy === null || decidedAt === null) return null;
  return { by: decidedBy, reason: decisionReason ?? '', at: decidedAt };
}

function toWait({ waitReason, waitUntil }: SyncRunModel): RunWait | null {
  if (waitUntil === null) return null;
  return { reason: waitReason === 'calendar' ? 'calendar' : 'source', until: waitUntil };
}

function toPage({ pageOffset, pageLimit, pageLast }: SyncRunPartModel): RunPart['page'] {
  if (pageOffset === null || pageLimit === null) return null;
  return { offset: pageOffset, limit: pageLimit, last: pageLast };
}

/** A row of `rejected_records` in the port's terms. */
export function toRejectedRecord(row: RejectedRecordModel): RejectedRecord {
  const { partNumber, ordinal, code, reason, path, message } = row;
  return { reading: row.entity as Reading, partNumber, ordinal, code, reason, path, message };
}
