import { listJson, siteJson, toListJson, toSiteJson } from '@passerelle/sync';
import { z } from 'zod';
import { given, pageFields, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Sites, by code. */
export const listSites = endpoint({
  summary: 'List or search sites',
  query: z.strictObject({
    ...pageFields,
    search: text(255).optional().describe('Part of a code or name, accents and case apart.'),
    status: z.enum(['active', 'suspended']).optional(),
  }),
  answers: { 200: listJson(siteJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { limit, ...others } }, { deps, reach }) => {
    const filter = { ...given(others), limit, reach };
    const { items, nextCursor } = await deps.places.listSites(filter);
    return ok(toListJson(items.map(toSiteJson), nextCursor));
  },
});
