import { z } from 'zod';

/** What `doctor` prints: everything it looked at, and whether nothing is broken. */
export const doctorJson = z.strictObject({
  ok: z.boolean(),
  findings: z.array(
    z.strictObject({
      about: z.string(),
      state: z.enum(['ok', 'warning', 'problem']),
      message: z.string(),
      advice: z.string().nullable(),
    }),
  ),
});
