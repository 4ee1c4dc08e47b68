import { listJson, pastChangeJson, toListJson, toPastChangeJson } from '@passerelle/sync';
import { z } from 'zod';
import { given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { visibleLinks } from '../visible-links.js';
import { findGroup, groupParams, noGroup } from './find-group.js';

/** What happened to a group and to its memberships, newest first. */
export const groupHistory = endpoint({
  summary: 'Show what happened to a group',
  description:
    'Newest first, memberships included. What concerns people whom the caller may not see is left out, so that a page may hold less than its limit.',
  params: groupParams,
  query: z.strictObject(pageFields),
  answers: { 200: listJson(pastChangeJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async ({ params, query: { limit, cursor } }, { deps, reach }) => {
    const { kind, code } = await findGroup(deps.places, params.ref, reach);
    const page = { limit, ...given({ cursor }) };
    const found = await deps.plans.history({ of: 'group', kind, code }, page);
    if (found === null) throw noGroup();
    const items = await visibleLinks(deps.places, `${kind}:${code}`, found.items, reach);
    return ok(toListJson(items.map(toPastChangeJson), found.nextCursor));
  },
});
