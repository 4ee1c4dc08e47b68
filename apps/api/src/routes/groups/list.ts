import { GROUP_KINDS } from '@passerelle/roster';
import { groupJson, listJson, toGroupJson, toListJson } from '@passerelle/sync';
import { z } from 'zod';
import { code, given, pageFields, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

const query = z.strictObject({
  ...pageFields,
  search: text(255).optional().describe('Part of a code or name, accents and case apart.'),
  kind: z.enum(GROUP_KINDS).optional(),
  status: z.enum(['active', 'suspended']).optional(),
  site: code.optional(),
  period: code.optional(),
});

/** Groups, by kind and code. */
export const listGroups = endpoint({
  summary: 'List or search groups',
  query,
  answers: { 200: listJson(groupJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: asked }, { deps, reach }) => {
    const { limit, site: siteCode, period: periodCode, ...others } = asked;
    const filter = { ...given({ ...others, siteCode, periodCode }), limit, reach };
    const { items, nextCursor } = await deps.places.listGroups(filter);
    return ok(toListJson(items.map(toGroupJson), nextCursor));
  },
});
