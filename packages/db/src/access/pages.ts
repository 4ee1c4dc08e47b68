import { InvalidCursorError } from '../errors.js';

/** Rows newest first by id: where a page begins, as Prisma's condition. */
export function beforeId(cursor: string | undefined): { id?: { lt: number } } {
  if (cursor === undefined) return {};
  const id = /^[1-9]\d{0,9}$/.test(cursor) ? Number(cursor) : Number.NaN;
  if (!(id <= 2 ** 31 - 1)) throw new InvalidCursorError();
  return { id: { lt: id } };
}

/** A page out of one row more than it holds. */
export function toPage<Row extends { id: number | bigint }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: hasMore ? String(last.id) : null };
}
