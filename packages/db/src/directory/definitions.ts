import type { DefinitionDomain } from '@passerelle/roster';
import type { DefinitionFilter, DefinitionView, Page } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { toIsoDate } from '../stores/dates.js';
import { allOf, holds, idOf, toPage } from './pages.js';

interface DefinitionRow {
  id: number;
  domain: DefinitionDomain;
  code: string;
  label: string;
  starts_on: Date | null;
  ends_on: Date | null;
  status: 'active' | 'suspended';
  updated_at: Date;
}

/** One page of definitions, by domain and code. */
export async function listDefinitions(
  client: PrismaClient,
  filter: DefinitionFilter,
): Promise<Page<DefinitionView>> {
  const { cursor, limit, domain, status, search } = filter;
  const conditions = [
    ...(cursor === undefined ? [] : [await afterDefinition(client, idOf(cursor))]),
    ...(domain === undefined ? [] : [Prisma.sql`d.domain = ${domain}`]),
    ...(status === undefined ? [] : [Prisma.sql`d.status = ${status}::entity_status`]),
    ...(search === undefined ? [] : [holds(search, [Prisma.sql`d.code`, Prisma.sql`d.label`])]),
  ];
  const rows = await client.$queryRaw<DefinitionRow[]>`
    SELECT d.id, d.domain, d.code, d.label, d.starts_on, d.ends_on, d.status::text, d.updated_at
      FROM definitions d WHERE ${allOf(conditions)}
     ORDER BY d.domain, d.code LIMIT ${limit + 1}::int`;
  return toPage(rows, filter, toDefinitionView);
}

async function afterDefinition(client: PrismaClient, id: number): Promise<Prisma.Sql> {
  const row = await client.definition.findUnique({ where: { id } });
  if (row === null) throw new InvalidCursorError();
  return Prisma.sql`(d.domain, d.code) > (${row.domain}, ${row.code})`;
}

function toDefinitionView(row: DefinitionRow): DefinitionView {
  const { domain, code, label, status } = row;
  return {
    ...{ domain, code, label, from: toIsoDate(row.starts_on), to: toIsoDate(row.ends_on) },
    ...{ status, updatedAt: row.updated_at },
  };
}
