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
import type { Scope } from '../../table/scope.js';
import { findPersonId } from '../grants/find-person-id.js';
import { splitRef } from '../users/find-user.js';
import { auditAsCsv, auditAsJson } from './export.js';

const query = z.strictObject({
  ...pageFields,
  actor: text(200)
    .optional()
    .describe('`user:42`, `token:3`, `cli:root`, or a person as `teacher:7`'),
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
  description:
    'Newest first. People stand in it by the id they have or had, never by name; `GET /api/v1/users/user:42` tells who that is.',
  query,
  media: ['text/csv'],
  answers: { 200: listJson(auditEventJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { format, limit, ...asked } }, scope) => {
    const { deps, signal } = scope;
    const actor = await actorAsked(scope, asked.actor);
    const filter: Omit<AuditFilter, 'limit'> = given({ ...asked, actor });
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

/** As the audit names them; who is not in the registry any more is asked for by number alone. */
async function actorAsked(scope: Scope, actor: string | undefined): Promise<string | undefined> {
  const exact = actor === undefined ? null : splitRef(actor);
  if (exact === null) return actor;
  const { kind, codeOrLogin: code } = exact;
  return `user:${(await findPersonId(scope, { kind, code })) ?? 'unknown'}`;
}
