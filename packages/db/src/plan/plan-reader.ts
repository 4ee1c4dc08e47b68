import type { PlanReader, PlanSummary } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { readHistory } from './history.js';
import { readOrigins } from './origins.js';
import type { PlannedRun } from './plan-rows.js';
import { readChanges } from './read-changes.js';
import { summarise } from './summarise.js';

const NOTHING: PlanSummary = { kinds: [], sites: [], groups: [] };

/** Plans and history, in `changes` and `planned_changes`. */
export function createPlanReader(client: PrismaClient): PlanReader {
  /** A dry run that is still under way may yet begin its plan anew. */
  const findEnded = async (id: number): Promise<PlannedRun | null> =>
    client.syncRun.findFirst({
      where: { id, endedAt: { not: null } },
      select: { id: true, dryRun: true },
    });
  return {
    summary: async (runId) => {
      const run = await findEnded(runId);
      return run === null ? NOTHING : summarise(client, run);
    },
    changes: async (runId, filter, page) => {
      const run = await findEnded(runId);
      return run === null
        ? { items: [], nextCursor: null }
        : readChanges(client, run, filter, page);
    },
    history: (subject, page) => readHistory(client, subject, page),
    origins: (kind, code) => readOrigins(client, kind, code),
  };
}
