import { READINGS } from '@passerelle/roster';
import { listJson, quarantinedJson, toListJson, toQuarantinedJson } from '@passerelle/sync';
import { z } from 'zod';
import { code, given, pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Records that are set aside at present, the oldest first. */
export const listRecords = endpoint({
  summary: 'List the records that are set aside',
  query: z.strictObject({
    ...pageFields,
    list: z.enum(READINGS).optional().describe('Of this list of NetYParéo only.'),
    site: code.optional(),
  }),
  answers: { 200: listJson(quarantinedJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: asked }, { deps, reach }) => {
    const { limit, cursor, list: reading, site: siteCode } = asked;
    const filter = { ...given({ cursor, reading, siteCode }), limit, reach };
    const { items, nextCursor } = await deps.quarantine.pageRecords(filter);
    return ok(toListJson(items.map(toQuarantinedJson), nextCursor));
  },
});
