import {
  type AuditFilter,
  auditEventJson,
  listJson,
  toAuditEventJson,
  toListJson,
} from '@passerelle/sync';
import { z } from 'zod';
import { given, instant, pageFields, text } from '../../schemas/fields.js';
import { begun } from '../../table/begun.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { auditAsCsv, auditAsJson } from './export.js';

const query = z.strictObject({
  ...pageFields,
  actor: text(200).optional().describe('`user:42`, `token:3`, `cli:root`'),
  action: text(100).optional().describe('`grant.added`'),
  entity: text(100).optional().describe('`grant`, `run`, `task`, `user` …'),
  entityId: text(200).optional(),
  since: instant.optional(),
  until: instant.optional().describe('Before this moment.'),
  search: text(200).optional().describe('Anywhere in actor, action, entity or reason.'),
  format: z
    .enum(['json', 'csv'])
    .optional()
    .describe('All that fits, as a file; `limit` then says nothing.'),
});

/** Who did what. */
export const listAudit = endpoint({
  summary: 'Show who did what, or export it',
  description: 'Newest first. People stand in it by the id they have or had, never by name.',
  query,
  media: ['text/csv'],
  answers: { 200: listJson(auditEventJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { format, limit, ...asked } }, { deps, signal }) => {
    const filter: Omit<AuditFilter, 'limit'> = given(asked);
    if (format !== undefined) {
      const write = format === 'csv' ? auditAsCsv : auditAsJson;
      return {
        status: 200 as const,
        type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
        headers: { 'content-disposition': `attachment; filename="audit.${format}"` },
        stream: await begun(write(deps.audit, filter, signal)),
      };
    }
    const { items, nextCursor } = await deps.audit.list({ ...filter, limit });
    return ok(toListJson(items.map(toAuditEventJson), nextCursor));
  },
});
