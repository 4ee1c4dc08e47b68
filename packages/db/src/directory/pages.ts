import type { Page, PageRequest } from '@passerelle/sync';
import { InvalidCursorError } from '../errors.js';
import { Prisma } from '../generated/client.js';

/** A cursor that is a row's id. @throws InvalidCursorError */
export function idOf(cursor: string): number {
  const id = /^[1-9]\d{0,9}$/.test(cursor) ? Number(cursor) : 0;
  if (id === 0 || id > 2 ** 31 - 1) throw new InvalidCursorError();
  return id;
}

/** A page of rows, of which one more was asked for than it holds. */
export function toPage<Row extends { id: number }, Item>(
  rows: readonly Row[],
  { limit }: Pick<PageRequest, 'limit'>,
  toItem: (row: Row) => Item,
): Page<Item> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: page.map(toItem), nextCursor: hasMore ? String(last.id) : null };
}

/** Whether one of the columns holds the text; not by LIKE, in which some characters mean others. */
export function holds(text: string, columns: readonly Prisma.Sql[]): Prisma.Sql {
  const part = folded(Prisma.sql`${text.trim()}::text`);
  const each = columns.map((column) => Prisma.sql`strpos(${folded(column)}, ${part}) > 0`);
  return Prisma.sql`(${Prisma.join(each, ' OR ')})`;
}

/** Without accents and case, as far as the database knows letters. */
function folded(text: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`passerelle_fold(lower(${text} COLLATE "default"))`;
}

/** All of them, or whatever there is. */
export function allOf(conditions: readonly Prisma.Sql[]): Prisma.Sql {
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join([...conditions], ' AND ');
}
