import { CAPABILITIES } from '@passerelle/roster';
import { grantJson, listJson, toGrantJson, toListJson } from '@passerelle/sync';
import { z } from 'zod';
import { code, flag, given, pageFields, personReference } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { findPersonId } from './find-person-id.js';

const query = z.strictObject({
  ...pageFields,
  user: personReference.optional(),
  capability: z.enum(CAPABILITIES).optional(),
  site: code.optional(),
  all: flag.optional().describe('Also rights that have ended, and those of suspended people.'),
});

/** Who may do what. */
export const listGrants = endpoint({
  summary: 'List who may do what',
  description:
    'Newest first. Whoever may grant for some sites only sees the rights for these sites.',
  query,
  answers: { 200: listJson(grantJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: asked }, scope) => {
    const { user, site, all, capability, cursor, limit } = asked;
    const userId = user === undefined ? undefined : await findPersonId(scope, user);
    if (userId === null) return ok(toListJson([]));
    const page = await scope.deps.grants.listGrants({
      limit,
      ...given({ userId, capability, cursor, siteCodes: sitesAsked(scope.reach, site) }),
      ...(all === true ? {} : { activeAt: scope.now }),
    });
    return ok(toListJson(page.items.map(toGrantJson), page.nextCursor));
  },
});

function sitesAsked(
  reach: 'everywhere' | readonly string[],
  site: string | undefined,
): readonly string[] | undefined {
  if (reach === 'everywhere') return site === undefined ? undefined : [site];
  return site === undefined ? reach : reach.filter((known) => known === site);
}
