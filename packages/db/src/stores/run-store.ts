import type { RunStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { createStaging } from '../staging/index.js';
import { endRun } from './end-run.js';
import { completePart, setPartAside, splitPart } from './end-part.js';
import { beginPart, failPart, markWaiting, postponePart } from './part-attempts.js';
import { requestDueRun, requestRun } from './request-run.js';
import { activeStates, toPart, toRejectedRecord, toRun } from './run-rows.js';
import { startRun } from './start-run.js';

/** Runs and their parts, in `sync_runs` and `sync_run_parts`. */
export function createRunStore(client: PrismaClient): RunStore {
  const staging = createStaging(client);
  const deps = { client, staging };
  return {
    requestRun: (request, now) => requestRun(client, request, now),
    requestDueRun: (task, due, now) => requestDueRun(client, task, due, now),
    startRun: (id, parts, now) => startRun(deps, id, parts, now),
    beginPart: (runId, number, now) => beginPart(deps, runId, number, now),
    completePart: (runId, number, attempt, ...rest) =>
      completePart(client, { runId, number, attempt }, ...rest),
    postponePart: (...args) => postponePart(client, ...args),
    splitPart: (runId, number, attempt, ...rest) =>
      splitPart(client, { runId, number, attempt }, ...rest),
    setPartAside: (runId, number, attempt, ...rest) =>
      setPartAside(client, { runId, number, attempt }, ...rest),
    markWaiting: (...args) => markWaiting(client, ...args),
    failPart: (...args) => failPart(client, ...args),
    endRun: (...args) => endRun(deps, ...args),
    sweepStaging: () => staging.sweep(),
    takenDates: async (task, after) => {
      const rows = await client.syncRun.findMany({
        where: { task, dueAt: { gt: after } },
        select: { dueAt: true },
      });
      return rows.flatMap(({ dueAt }) => dueAt ?? []);
    },

    getRun: async (id) => {
      const row = await client.syncRun.findUnique({ where: { id } });
      return row === null ? null : toRun(row);
    },
    listRuns: async ({ task, states, dryRun, onePerson, whole, retryOfId, beforeId, limit }) => {
      const rows = await client.syncRun.findMany({
        where: {
          ...(task === undefined ? {} : { task }),
          ...(states === undefined ? {} : { state: { in: [...states] } }),
          ...(dryRun === undefined ? {} : { dryRun }),
          ...(onePerson === false ? { userId: null } : {}),
          ...(whole ? WHOLE : {}),
          ...(retryOfId === undefined ? {} : { retryOfId }),
          ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
        },
        orderBy: { id: 'desc' },
        take: limit,
      });
      return rows.map(toRun);
    },
    listParts: async (runId) => {
      const rows = await client.syncRunPart.findMany({
        where: { runId },
        orderBy: { number: 'asc' },
      });
      return rows.map(toPart);
    },
    listRejections: async (runId, limit) => {
      const rows = await client.rejectedRecord.findMany({
        where: { runId },
        orderBy: [{ partNumber: 'asc' }, { ordinal: 'asc' }, { id: 'asc' }],
        take: limit,
      });
      return rows.map(toRejectedRecord);
    },
    claimEnqueue: async (id, expectedCount) => {
      const { count } = await client.syncRun.updateMany({
        where: { id, enqueueCount: expectedCount, state: { in: activeStates } },
        data: { enqueueCount: { increment: 1 } },
      });
      return count === 1 ? expectedCount + 1 : null;
    },
    stoppedAmong: async (runIds) => {
      const going = await client.syncRun.findMany({
        where: { id: { in: [...runIds] }, state: { in: activeStates } },
        select: { id: true },
      });
      const goingIds = new Set(going.map(({ id }) => id));
      return runIds.filter((id) => !goingIds.has(id));
    },
    activeRuns: async () => {
      const rows = await client.syncRun.findMany({
        where: { state: { in: activeStates } },
        orderBy: { id: 'asc' },
      });
      return rows.map(toRun);
    },
  };
}

/** Runs that speak for their task. */
const WHOLE = { siteCode: null, userId: null, dryRun: false, onlyMissing: false };
