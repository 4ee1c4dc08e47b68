import { z } from 'zod';

// The promised shapes, written down apart from the product's own schemas.

const person = z.strictObject({ kind: z.enum(['student', 'teacher', 'tutor']), code: z.string() });

export const personExportJson = z.strictObject({
  person,
  exportedAt: z.iso.datetime(),
  tables: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

export const erasureJson = z.strictObject({
  person,
  erased: z.boolean(),
  rows: z.record(z.string(), z.int().nonnegative()),
});

const reference = z.string().regex(/^(student|teacher|tutor):/);
const code = z.string().nullable();

export const quarantineShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('record'),
    ...{ reading: z.string(), code, period: code, site: code, group: code },
    ...{ record: z.int(), reason: z.string(), path: z.string(), message: z.string() },
    ...{ times: z.int(), since: z.iso.datetime(), lastSeenAt: z.iso.datetime(), run: z.int() },
  }),
  z.strictObject({
    type: z.enum(['shared', 'same_person']),
    shares: z.array(z.strictObject({ by: z.enum(['login', 'email']), value: z.string() })),
    people: z.array(reference),
    keeps: reference,
  }),
]);
