import type { Registry } from '@passerelle/sync';
import type { PrismaClient } from './client.js';
import { readErasedPeople } from './personal/erased-people.js';
import { createOpenStage } from './staging/index.js';
import { createPlanningReader } from './stores/planning-reader.js';
import { readWhereabouts } from './stores/whereabouts.js';
import { toRun } from './stores/run-rows.js';
import { translateErrors } from './translate-errors.js';

/** Staging and reconciling, over the tables of the registry. */
export function createRegistry(client: PrismaClient): Registry {
  const openStage = createOpenStage(client);
  const readRun = async (id: number) => {
    const row = await client.syncRun.findUnique({ where: { id } });
    return row === null ? null : toRun(row);
  };
  return {
    ...createPlanningReader(client),
    openStage: (runId, part) => translateErrors('stage', openStage(runId, part)),
    whereabouts: (person) => readWhereabouts(client, person),
    erasedPeople: () => readErasedPeople(client),
    // A third of this package, which few processes need.
    reconcile: async (...args) =>
      (await import('./reconcile/reconcile.js')).reconcile(client, readRun, ...args),
    approveRun: async (...args) =>
      (await import('./reconcile/held/decide-run.js')).approveRun(client, readRun, ...args),
    rejectRun: async (...args) =>
      (await import('./reconcile/held/decide-run.js')).rejectRun(client, readRun, ...args),
  };
}
