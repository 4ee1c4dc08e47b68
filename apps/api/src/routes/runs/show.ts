import {
  type Run,
  runJson,
  runProgressJson,
  toGuardsJson,
  toRunJson,
  toRunProgressJson,
  toWaitJson,
  runDetailJson,
} from '@passerelle/sync';
import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { findRun, runParams } from './find-run.js';

const { missing, dryRun, wait, guards, notes, decision } = runDetailJson.shape;

/** A run, what it is limited to, how far it is and what its guards found. */
const shownRunJson = runJson.extend({
  ...{ missing, dryRun, wait, guards, notes, decision },
  site: z.string().nullable(),
  /** The one person it reads, where the caller may see people. */
  user: z.string().nullable(),
  onePerson: z.boolean(),
  requestedBy: z.string().nullable(),
  retryOf: z.int().positive().nullable(),
  queuedAt: z.iso.datetime(),
  progress: runProgressJson,
});

/** One run. */
export const showRun = endpoint({
  summary: 'Show a run, and how far it is',
  params: runParams,
  answers: { 200: shownRunJson },
  problems: ['not-found'],
  handle: async ({ params }, scope) => {
    const run = await findRun(scope, params.id);
    const parts = await scope.deps.sync.runs.listParts(run.id);
    return ok({
      ...toRunJson(run),
      missing: run.missing,
      ...{ dryRun: run.dryRun, wait: toWaitJson(run.wait), ...toGuardsJson(run) },
      ...{ site: run.siteCode, user: await personOf(scope, run), onePerson: run.userId !== null },
      ...{ requestedBy: run.requestedBy, retryOf: run.retryOfId },
      queuedAt: run.queuedAt.toISOString(),
      progress: toRunProgressJson(parts),
    });
  },
});

/** Whose run it is, for those who may see them. */
async function personOf({ deps, reachOf }: Scope, { userId }: Run): Promise<string | null> {
  const reach = reachOf('auth/netypareo:viewusers');
  if (userId === null || reach.length === 0) return null;
  const person = await deps.sync.registry.whereabouts({ id: userId });
  if (person === null) return null;
  const { kind, code } = person;
  const seen = await deps.users.findUsers({ kind, codeOrLogin: code, reach });
  return seen.length === 0 ? null : `${kind}:${code}`;
}
