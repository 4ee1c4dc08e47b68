import { z } from 'zod';

const count = z.int().nonnegative();

/** Of a run as JSON, what these tests look at. */
export const runShape = z.object({
  task: z.string(),
  state: z.string(),
  counts: z.object({
    read: count,
    created: count,
    updated: count,
    unchanged: count,
    suspended: count,
    rejected: count,
  }),
  links: z.object({ added: count, removed: count }),
  error: z.string().nullable(),
});
export type RunSummary = z.infer<typeof runShape>;
