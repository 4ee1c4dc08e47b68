import { READINGS } from '@passerelle/roster';
import { z } from 'zod';
import { OVERLOADS } from '../ports/source.js';

const overload = z.enum(OVERLOADS);
const where = { operation: z.string(), siteCode: z.string().nullable() };
const piece = {
  reading: z.enum(READINGS as [string, ...string[]]),
  siteCode: z.string().nullable(),
  groupCode: z.string().nullable(),
};
const level = z.int().positive();
/** Milliseconds since 1970, by the database's clock. */
const instant = z.number();

/** What happened between Passerelle and the source, for the timeline; no personal data. */
export const sourceEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('limit_cut'), from: level, to: level, overload, ...where }),
  z.object({ kind: z.literal('limit_raised'), from: level, to: level }),
  z.object({
    kind: z.literal('rest_begun'),
    /** Calls that failed in a row. */
    failures: z.int(),
    overload,
    until: instant,
    /** The server itself named the time (Retry-After). */
    asked: z.boolean(),
    ...where,
  }),
  z.object({ kind: z.literal('probe_failed'), overload, until: instant }),
  z.object({ kind: z.literal('rest_ended'), restedMs: z.number() }),
  z.object({ kind: z.literal('retries_spent'), until: instant }),
  z.object({
    kind: z.literal('part_split'),
    ...piece,
    into: z.enum(['groups', 'pages']),
    pieces: z.int(),
    pageLimit: z.int().nullable(),
    /** `overload`: it was too much at once; `unreadable`: one record breaks the answer. */
    because: z.enum(['overload', 'unreadable']),
  }),
  z.object({
    kind: z.literal('piece_set_aside'),
    ...piece,
    /** Records from `offset` on, at most `limit`; null: all of it. */
    offset: z.int().nullable(),
    limit: z.int().nullable(),
  }),
]);
export type SourceEvent = z.infer<typeof sourceEvent>;
