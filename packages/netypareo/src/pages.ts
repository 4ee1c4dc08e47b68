import type { PartPage, Pieces } from '@passerelle/roster';
import type { SourceError } from '@passerelle/sync';
import type { ReadingContract } from './contract/schema.js';
import { placeholdersIn, type TemplateValues } from './contract/template.js';
import { mismatch, overloaded } from './transport/errors.js';

/** How finely the contract allows a reading to be cut. */
export function piecesOf(contract: ReadingContract): Pieces {
  const { finest, split = [], page } = contract;
  const used = placeholdersIn(contract.parameters ?? {});
  return {
    byGroup: finest === 'group' && !split.includes('group'),
    // Where the server alone says how long its pages are they cannot be made shorter.
    page:
      page !== undefined && used.includes('page.limit')
        ? { limit: page.limit, minimum: page.minimum ?? 1 }
        : null,
  };
}

/** Values for the placeholders of one page. */
export function pageValues({ offset, limit }: Pick<PartPage, 'offset' | 'limit'>): TemplateValues {
  return { 'page.offset': String(offset), 'page.limit': String(limit) };
}

/** How many records a page of a list must hold; null where the answer does not count the list. */
export function expectedOn({ offset, limit }: PartPage, total: number | null): number | null {
  return total === null ? null : Math.min(limit, Math.max(0, total - offset));
}

/**
 * Notices a server that ignores `page.offset`: pages of the same list, asked for one
 * by one, must not begin alike. Without that, an open-ended list would never end.
 */
export interface PageMemory {
  /**
   * @param list what the page is of
   * @param first what the page's first record is, as it came; undefined: it has none
   * @throws SourceError if another page of the list began with that
   */
  check(operation: string, list: string, page: PartPage, first: string | undefined): void;
}

/** What was seen longer ago may have moved. */
const MEMORY_MS = 900_000;
/** Pages that are remembered. */
const MEMORY_PAGES = 1_000;

export function createPageMemory(now: () => number, digest: (text: string) => string): PageMemory {
  const seen = new Map<string, { offset: number; at: number }>();
  return {
    check(operation, list, { offset }, first) {
      if (first === undefined) return;
      const key = digest(JSON.stringify([operation, list, first]));
      const before = seen.get(key);
      if (before !== undefined && before.offset !== offset && now() - before.at <= MEMORY_MS) {
        throw sameBeginning(operation, Math.abs(before.offset - offset));
      }
      seen.delete(key);
      seen.set(key, { offset, at: now() });
      const [oldest] = seen.keys();
      if (seen.size > MEMORY_PAGES && oldest !== undefined) seen.delete(oldest);
    },
  };
}

function sameBeginning(operation: string, apart: number): SourceError {
  const what = 'two pages begin with the same record';
  // A record that came before them has moved the others by one.
  return apart === 1
    ? overloaded(operation, `${what}, so the list changed while it was read`, null)
    : mismatch(operation, `${what}; it ignores page.offset`);
}
