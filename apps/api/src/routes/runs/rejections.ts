import { listJson, rejectionJson, toListJson, toRejectionJson } from '@passerelle/sync';
import { z } from 'zod';
import { pageFields } from '../../schemas/fields.js';
import { pageByOffset } from '../../schemas/offset-page.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { findRun, runParams } from './find-run.js';

/** What a run set aside. */
export const listRejections = endpoint({
  summary: 'List the records that a run set aside',
  description: 'Where they are and why; never what they said.',
  params: runParams,
  query: z.strictObject(pageFields),
  answers: { 200: listJson(rejectionJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async ({ params, query }, scope) => {
    const { runs } = scope.deps.sync;
    const run = await findRun(scope, params.id);
    const page = await pageByOffset(query, (limit, offset) =>
      runs.listRejections(run.id, limit, offset),
    );
    return ok(toListJson(page.items.map(toRejectionJson), page.nextCursor));
  },
});
