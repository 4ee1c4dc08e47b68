import { bulkRetryJson, listJson, toBulkRetryJson, toListJson } from '@passerelle/sync';
import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';
import { given, pageFields } from '../../schemas/fields.js';

/** Bulk retries, newest first. */
export const listRetries = endpoint({
  summary: 'List the bulk retries',
  query: z.strictObject(pageFields),
  answers: { 200: listJson(bulkRetryJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query }, { deps, reach }) => {
    const { limit } = query;
    const page = { limit, reach, ...given({ cursor: query.cursor }) };
    const { items, nextCursor } = await deps.sync.bulkRetries.list(page);
    return ok(toListJson(items.map(toBulkRetryJson), nextCursor));
  },
});
