import { z } from 'zod';

/** A page of anything: `{"items":[…],"nextCursor":null}`. */
export function listJson<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<
  { items: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> },
  z.core.$strict
> {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Builds a page. */
export function toListJson<Item>(
  items: Item[],
  nextCursor: string | null = null,
): { items: Item[]; nextCursor: string | null } {
  return { items, nextCursor };
}
