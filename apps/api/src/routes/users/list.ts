import { GROUP_KINDS, type Reach, reaches, USER_KINDS } from '@passerelle/roster';
import {
  listJson,
  type PlaceDirectory,
  toListJson,
  toUserJson,
  type UserFilter,
  userJson,
} from '@passerelle/sync';
import { z } from 'zod';
import { code, given, pageFields, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

const query = z.strictObject({
  ...pageFields,
  search: text(255)
    .optional()
    .describe('The beginning of a name, code, login or e-mail address, accents and case apart.'),
  kind: z.enum(USER_KINDS).optional(),
  status: z.enum(['active', 'suspended']).optional(),
  site: code.optional().describe('The code of their site.'),
  group: code.optional().describe('Members of this group: `initial:G1`, or a code.'),
});

/** People, by name; those first whom a search means most likely. */
export const listUsers = endpoint({
  summary: 'List or search people',
  description:
    'By name. With `search`, whose code, login or address it is come first, then those whose last name begins with it, first name, code, login, address.',
  query,
  answers: { 200: listJson(userJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: asked }, { deps, reach }) => {
    const filter = await visibleFilter(deps.places, toFilter(asked), reach);
    if (filter === null) return ok(toListJson([], null));
    const { items, nextCursor } = await deps.users.listUsers({ ...filter, reach });
    return ok(toListJson(items.map(toUserJson), nextCursor));
  },
});

/**
 * A filter that names no site or group of others: people whom the caller may see belong
 * to such as well, and which of them is not theirs to know. Null: nobody fits it.
 */
async function visibleFilter(
  places: Pick<PlaceDirectory, 'getGroup'>,
  filter: UserFilter,
  reach: Reach,
): Promise<UserFilter | null> {
  const { siteCode, groupCode, groupKind } = filter;
  if (reach === 'everywhere') return filter;
  if (siteCode !== undefined && !reaches(reach, siteCode)) return null;
  if (groupCode === undefined) return filter;
  const kinds = groupKind === undefined ? GROUP_KINDS : [groupKind];
  const groups = await Promise.all(kinds.map((kind) => places.getGroup(kind, groupCode, reach)));
  const seen = kinds.filter((_kind, index) => groups[index] !== null);
  // One of each kind may have the code.
  if (seen.length === kinds.length) return filter;
  const [only] = seen;
  return only === undefined ? null : { ...filter, groupKind: only };
}

function toFilter({ site: siteCode, group, ...asked }: z.output<typeof query>): UserFilter {
  const { limit, ...others } = asked;
  return {
    limit,
    ...given({ ...others, siteCode }),
    ...(group === undefined ? {} : toGroup(group)),
  };
}

function toGroup(ref: string): Pick<UserFilter, 'groupCode' | 'groupKind'> {
  const kind = GROUP_KINDS.find((known) => ref.startsWith(`${known}:`));
  if (kind === undefined) return { groupCode: ref };
  return { groupKind: kind, groupCode: ref.slice(kind.length + 1) };
}
