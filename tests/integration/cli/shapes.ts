import { z } from 'zod';

// The promised shapes, written down apart from the product's own schemas.

const count = z.int().nonnegative();
const instant = z.iso.datetime().nullable();
const day = z.iso.date().nullable();

export const runShape = z.strictObject({
  id: count,
  task: z.string(),
  state: z.string(),
  trigger: z.enum(['schedule', 'manual', 'api', 'retry']),
  counts: z.strictObject({
    read: count,
    created: count,
    updated: count,
    unchanged: count,
    suspended: count,
    rejected: count,
  }),
  links: z.strictObject({ added: count, removed: count }),
  startedAt: instant,
  endedAt: instant,
  seconds: z.number().nullable(),
  error: z.string().nullable(),
});

export const taskShape = z.strictObject({
  name: z.string(),
  component: z.literal('Connecteur Net YParéo'),
  minute: z.string(),
  hour: z.string(),
  day: z.string(),
  month: z.string(),
  weekday: z.string(),
  disabled: z.boolean(),
  customised: z.boolean(),
  lastRunAt: instant,
  nextRunAt: instant,
  failDelaySeconds: count,
  inWords: z.strictObject({ fr: z.string().min(1), en: z.string().min(1) }),
});

export const userShape = z.strictObject({
  kind: z.enum(['student', 'teacher', 'tutor']),
  code: z.string(),
  login: z.string().nullable(),
  lastName: z.string(),
  firstName: z.string(),
  email: z.string().nullable(),
  birthDate: day,
  status: z.enum(['active', 'suspended']),
  profile: z.strictObject({
    netypareo_usertype: z.string(),
    netypareo_ouverage: z.enum(['majeur', 'mineur', '']),
    netypareo_status: z.string(),
    netypareo_cursus: z.string(),
    netypareo_program: z.string(),
    netypareo_program_step: z.string(),
  }),
  memberships: z.array(
    z.strictObject({
      group: z.string(),
      role: z.string(),
      from: day,
      to: day,
      active: z.boolean(),
    }),
  ),
  tutors: z.array(z.string().startsWith('tutor:')),
  students: z.array(z.string().startsWith('student:')),
  updatedAt: z.iso.datetime(),
});

/** A page of something. */
export function listOf<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> }> {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
