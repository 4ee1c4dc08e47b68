import type { Page } from '@passerelle/sync';
import { ProblemError } from '../problems/problem-error.js';

/** A page of something that only ever grows at its end; the cursor says how much was seen. */
export async function pageByOffset<Item>(
  { limit, cursor = '0' }: { limit: number; cursor?: string | undefined },
  read: (limit: number, offset: number) => Promise<Item[]>,
): Promise<Page<Item>> {
  if (!/^\d{1,8}$/.test(cursor)) throw new ProblemError('invalid-cursor');
  const offset = Number(cursor);
  const found = await read(limit + 1, offset);
  const nextCursor = found.length > limit ? String(offset + limit) : null;
  return { items: found.slice(0, limit), nextCursor };
}
