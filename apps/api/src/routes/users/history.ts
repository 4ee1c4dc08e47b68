import { listJson, pastChangeJson, toListJson, toPastChangeJson } from '@passerelle/sync';
import { z } from 'zod';
import { given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { visibleLinks } from '../visible-links.js';
import { findUser, nobody, userParams } from './find-user.js';

/** What happened to a person, newest first. */
export const userHistory = endpoint({
  summary: 'Show what happened to a person',
  description:
    'Newest first. What concerns groups and people that the caller may not see is left out, so that a page may hold less than its limit.',
  params: userParams,
  query: z.strictObject(pageFields),
  answers: { 200: listJson(pastChangeJson) },
  problems: ['not-found', 'ambiguous-user', 'invalid-cursor'],
  handle: async ({ params, query: { limit, cursor } }, { deps, reach }) => {
    const { kind, code } = await findUser(deps.users, params.ref, reach);
    const page = { limit, ...given({ cursor }) };
    const found = await deps.plans.history({ of: 'user', kind, code }, page);
    if (found === null) throw nobody();
    const items = await visibleLinks(deps.places, `${kind}:${code}`, found.items, reach);
    return ok(toListJson(items.map(toPastChangeJson), found.nextCursor));
  },
});
