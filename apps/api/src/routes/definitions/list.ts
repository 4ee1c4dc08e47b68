import { DEFINITION_DOMAINS } from '@passerelle/roster';
import { definitionJson, listJson, toDefinitionJson, toListJson } from '@passerelle/sync';
import { z } from 'zod';
import { given, pageFields, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** What codes mean at this centre, by domain and code; the same for all sites. */
export const listDefinitions = endpoint({
  summary: 'List what codes mean',
  query: z.strictObject({
    ...pageFields,
    domain: z.enum(DEFINITION_DOMAINS).optional(),
    search: text(255).optional().describe('Part of a code or label, accents and case apart.'),
    status: z.enum(['active', 'suspended']).optional(),
  }),
  answers: { 200: listJson(definitionJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { limit, ...others } }, { deps }) => {
    const { items, nextCursor } = await deps.places.listDefinitions({ ...given(others), limit });
    return ok(toListJson(items.map(toDefinitionJson), nextCursor));
  },
});
