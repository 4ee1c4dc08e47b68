import type { AuditEvent, AuditFilter, AuditLog, Author } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';
import { toPage } from './pages.js';

/** Who did what, in `audit_events`, which the database keeps append-only. */
export function createAuditLog(client: PrismaClient): AuditLog {
  return {
    list: (filter) => listEvents(client, filter),
  };
}

/** Writes an event within a transaction of what it tells of. */
export async function recordEvent(
  tx: Pick<Prisma.TransactionClient, 'auditEvent'>,
  { action, entity, entityId, before, after }: Omit<AuditEvent, keyof Circumstances>,
  { by: actor, reason, from: fromWhere }: Author,
  now: Date,
): Promise<void> {
  await tx.auditEvent.create({
    data: {
      ...{ actor, action, entity, entityId, reason, fromWhere, occurredAt: now },
      ...{ before: toJson(before), after: toJson(after) },
    },
  });
}

/** What the author and the database add. */
type Circumstances = Pick<AuditEvent, 'id' | 'at' | 'actor' | 'reason' | 'from'>;

function toJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  if (value === null || value === undefined) return Prisma.DbNull;
  return JSON.parse(JSON.stringify(value)) as Prisma.InputJsonValue;
}

interface EventRow {
  id: bigint;
  at: Date;
  actor: string;
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
  reason: string | null;
  from: string | null;
}

async function listEvents(
  client: PrismaClient,
  filter: AuditFilter,
): Promise<{ items: AuditEvent[]; nextCursor: string | null }> {
  const where = Prisma.join([Prisma.sql`true`, ...conditionsOf(filter)], ' AND ');
  const rows = await client.$queryRaw<EventRow[]>`
    SELECT id, occurred_at AS at, actor, action, entity, entity_id AS "entityId",
           before, after, reason, from_where AS "from"
      FROM audit_events WHERE ${where} ORDER BY id DESC LIMIT ${filter.limit + 1}::int`;
  return toPage(rows, filter.limit, ({ id, ...row }) => ({ id: String(id), ...row }));
}

function conditionsOf(filter: AuditFilter): Prisma.Sql[] {
  const { actor, action, entity, entityId, since, until, search, cursor } = filter;
  const given = (value: string | Date | undefined, condition: Prisma.Sql) =>
    value === undefined ? [] : [condition];
  return [
    ...given(actor, Prisma.sql`actor = ${actor}`),
    ...given(action, Prisma.sql`action = ${action}`),
    ...given(entity, Prisma.sql`entity = ${entity}`),
    ...given(entityId, Prisma.sql`entity_id = ${entityId}`),
    ...given(since, Prisma.sql`occurred_at >= ${since}::timestamptz`),
    ...given(until, Prisma.sql`occurred_at < ${until}::timestamptz`),
    ...(search === undefined ? [] : [containsText(search)]),
    ...(cursor === undefined ? [] : [Prisma.sql`id < ${idOf(cursor)}::bigint`]),
  ];
}

function containsText(search: string): Prisma.Sql {
  const text = Prisma.sql`concat_ws(E'\n', action, actor, entity, reason)`;
  return Prisma.sql`${text} ~* ${patternOf(search)}::text`;
}

/** Letters that are looked for together, whatever the database's collation knows of them. */
const VARIANTS = ['aàâä', 'eéèêë', 'iîï', 'oôö', 'uùûü', 'yÿ', 'cç'];

/** A regular expression that finds the text itself, without regard to case and accents. */
function patternOf(search: string): string {
  const one = (letter: string): string => {
    const variants = VARIANTS.find((letters) => letters.includes(letter.toLowerCase()));
    if (variants !== undefined) return `[${variants}${variants.toUpperCase()}]`;
    return letter.replace(/[\\^$.|?*+()[\]{}]/, '\\$&');
  };
  // In a group: a text that begins with *** would otherwise be an option of the expression.
  return `(?:${[...search.normalize('NFC')].map(one).join('')})`;
}

function idOf(cursor: string): bigint {
  if (!/^[1-9]\d{0,17}$/.test(cursor)) throw new InvalidCursorError();
  return BigInt(cursor);
}
