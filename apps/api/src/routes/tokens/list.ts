import { listJson, toListJson, tokenJson, toTokenJson } from '@passerelle/sync';
import { z } from 'zod';
import { given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Rights of programs, without their secrets. */
export const listTokens = endpoint({
  summary: 'List tokens',
  description:
    'Newest first, revoked ones too. Whoever may grant for some sites only sees the tokens for these sites alone.',
  query: z.strictObject(pageFields),
  answers: { 200: listJson(tokenJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query }, { deps, reach }) => {
    const withinSites = reach === 'everywhere' ? undefined : reach;
    const { limit, cursor } = query;
    const page = await deps.tokens.listTokens({ limit, ...given({ cursor, withinSites }) });
    return ok(toListJson(page.items.map(toTokenJson), page.nextCursor));
  },
});
