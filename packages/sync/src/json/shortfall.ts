import { z } from 'zod';
import type { Run, RunPart } from '../ports/runs.js';
import type { Shortfall } from '../runs/find-shortfall.js';

const id = z.int().positive();

/** A part of a list, by what cuts it out. */
const placeJson = z.strictObject({
  reading: z.string(),
  period: z.string().nullable(),
  site: z.string().nullable(),
  group: z.string().nullable(),
  page: z.strictObject({ offset: z.int(), limit: z.int() }).nullable(),
});

/** What a run lacked, what of it is missing still, and which run has read the last of it. */
const shortfallJson = z.strictObject({
  lacked: z.array(placeJson),
  missing: z.array(placeJson),
  readBy: id.nullable(),
});

/** What is said in `runs show` of what was missing. */
export const missingJson = z.strictObject({
  shortfall: shortfallJson,
  /** The run that this one makes good; `onlyMissing`: by reading what it lacked, and nothing else. */
  retryOf: z.strictObject({ id, onlyMissing: z.boolean(), shortfall: shortfallJson }).nullable(),
});
export type MissingJson = z.infer<typeof missingJson>;

/** A run's own shortfall, and that of the run it retries. */
export function toMissingJson(
  run: Run,
  shortfall: Shortfall,
  original: { run: Run; shortfall: Shortfall } | null,
): MissingJson {
  return {
    shortfall: toShortfallJson(shortfall),
    retryOf:
      original === null
        ? null
        : {
            id: original.run.id,
            onlyMissing: run.onlyMissing,
            shortfall: toShortfallJson(original.shortfall),
          },
  };
}

function toShortfallJson({ lacked, missing, readBy }: Shortfall): z.infer<typeof shortfallJson> {
  return {
    lacked: lacked.map(toPlaceJson),
    missing: missing.map(toPlaceJson),
    readBy: readBy?.id ?? null,
  };
}

function toPlaceJson(part: RunPart): z.infer<typeof placeJson> {
  const { reading, periodCode: period, siteCode: site, groupCode: group, page } = part;
  const cut = page === null ? null : { offset: page.offset, limit: page.limit };
  return { reading, period, site, group, page: cut };
}
