import { listJson, runEventJson, toListJson, toRunEventJson } from '@passerelle/sync';
import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';
import { given, pageFields } from '../../schemas/fields.js';
import { findRun, runParams } from './find-run.js';

/** What became of a run and its parts. */
export const logOfRun = endpoint({
  summary: 'Read the log of a run',
  description: 'What became of it and its parts, oldest first, in French and in English.',
  params: runParams,
  query: z.strictObject(pageFields),
  answers: { 200: listJson(runEventJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async ({ params, query }, { deps, reach }) => {
    const { id } = await findRun({ deps, reach }, params.id);
    const { items, nextCursor } = await deps.runEvents.list(id, {
      limit: query.limit,
      ...given({ cursor: query.cursor }),
    });
    return ok(
      toListJson(
        items.map((event) => toRunEventJson(event, deps.showTime)),
        nextCursor,
      ),
    );
  },
});
