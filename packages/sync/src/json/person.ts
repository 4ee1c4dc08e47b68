import { USER_KINDS } from '@passerelle/roster';
import { z } from 'zod';
import type { Erasure, PersonExport } from '../ports/personal-data.js';

/** Everything kept on one person: what `users export` prints (docs/fr/rgpd.md). */
export const personExportJson = z.strictObject({
  person: z.strictObject({ kind: z.enum(USER_KINDS), code: z.string() }),
  exportedAt: z.iso.datetime(),
  /** Rows by table, with the columns of the database. */
  tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});
export type PersonExportJson = z.infer<typeof personExportJson>;

/** What `users erase` took away. */
export const erasureJson = z.strictObject({
  person: z.strictObject({ kind: z.enum(USER_KINDS), code: z.string() }),
  erased: z.boolean(),
  /** Rows by table. */
  rows: z.record(z.string(), z.int().nonnegative()),
});
export type ErasureJson = z.infer<typeof erasureJson>;

/** An export as JSON. */
export function toPersonExportJson(
  { kind, code, tables }: PersonExport,
  now: Date,
): PersonExportJson {
  return { person: { kind, code }, exportedAt: now.toISOString(), tables };
}

/** An erasure as JSON; not `erased`: it was only looked at. */
export function toErasureJson({ kind, code, rows }: Erasure, erased: boolean): ErasureJson {
  return { person: { kind, code }, erased, rows };
}
