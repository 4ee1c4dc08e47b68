import { listJson, partJson, toListJson, toPartJson } from '@passerelle/sync';
import { z } from 'zod';
import { pageFields } from '../../schemas/fields.js';
import { pageByOffset } from '../../schemas/offset-page.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { findRun, runParams } from './find-run.js';

/** What a run reads, part by part. */
export const listParts = endpoint({
  summary: "List a run's parts",
  params: runParams,
  query: z.strictObject(pageFields),
  answers: { 200: listJson(partJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async ({ params, query }, scope) => {
    const run = await findRun(scope, params.id);
    const parts = await scope.deps.sync.runs.listParts(run.id);
    const { items, nextCursor } = await pageByOffset(query, async (limit, offset) =>
      parts.slice(offset, offset + limit),
    );
    return ok(toListJson(items.map(toPartJson), nextCursor));
  },
});
