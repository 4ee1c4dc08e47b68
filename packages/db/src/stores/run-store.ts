import { gather } from '@passerelle/roster';
import type { RunStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { createStaging } from '../staging/index.js';
import { endRun } from './end-run.js';
import { completePart, setPartAside, splitPart } from './end-part.js';
import { beginPart, failPart, markWaiting, postponePart } from './part-attempts.js';
import { listRuns } from './list-runs.js';
import { requestKeyedRun } from './request-keyed-run.js';
import { requestDueRun, requestRuns, type TimedRequest } from './request-run.js';
import { activeStates, toPart, toRejectedRecord, toRun } from './run-rows.js';
import { startRun } from './start-run.js';
import type { Ask } from '../statements.js';

/** Requests that are written down together, at most. */
const REQUESTS_AT_ONCE = 100;

/** Runs and their parts, in `sync_runs` and `sync_run_parts`. */
export function createRunStore(client: PrismaClient, ask: Ask): RunStore {
  const staging = createStaging(client);
  const deps = { client, staging };
  const requestOne = gather(
    (asked: readonly TimedRequest[]) => requestRuns(ask, asked),
    REQUESTS_AT_ONCE,
  );
  return {
    requestRun: (request, now) =>
      request.key === undefined
        ? requestOne({ request, now })
        : requestKeyedRun(client, request, request.key, now),
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
    listRuns: (filter) => listRuns(client, filter),
    listParts: async (runId) => {
      const rows = await client.syncRunPart.findMany({
        where: { runId },
        orderBy: { number: 'asc' },
      });
      return rows.map(toPart);
    },
    listRejections: async (runId, limit, offset = 0) => {
      const rows = await client.rejectedRecord.findMany({
        where: { runId },
        orderBy: [{ partNumber: 'asc' }, { ordinal: 'asc' }, { id: 'asc' }],
        take: limit,
        skip: offset,
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
