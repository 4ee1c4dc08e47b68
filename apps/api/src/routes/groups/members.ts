import { groupMemberJson, listJson, toGroupMemberJson, toListJson } from '@passerelle/sync';
import { z } from 'zod';
import { flag, given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { groupOf, groupParams, noGroup } from './find-group.js';

/** Who is or was in a group, by name. */
export const groupMembers = endpoint({
  summary: 'List who is or was in a group',
  params: groupParams,
  query: z.strictObject({
    ...pageFields,
    active: flag.optional().describe('Only those who are in it today, or only the others.'),
  }),
  answers: { 200: listJson(groupMemberJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async ({ params, query: { limit, ...others } }, { deps, reach }) => {
    const group = { ...groupOf(params.ref), reach };
    const page = await deps.places.listMembers(group, { ...given(others), limit });
    if (page === null) throw noGroup();
    return ok(toListJson(page.items.map(toGroupMemberJson), page.nextCursor));
  },
});
