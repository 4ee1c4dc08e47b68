import { siteJson, toSiteJson } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { code } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** One site. */
export const showSite = endpoint({
  summary: 'Show a site',
  params: z.strictObject({ code }),
  answers: { 200: siteJson },
  problems: ['not-found'],
  handle: async ({ params }, { deps, reach }) => {
    const site = await deps.places.getSite(params.code, reach);
    if (site === null) throw notFound('There is no such site.');
    return ok(toSiteJson(site));
  },
});
