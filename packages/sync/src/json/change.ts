import { CHANGE_KINDS, CHANGED_ENTITIES } from '@passerelle/roster';
import { z } from 'zod';
import type { ChangeOrigin, PastChange, PlannedChange, PlanSummary } from '../ports/plan.js';

const image = z.record(z.string(), z.unknown()).nullable();
const sort = {
  entity: z.enum(CHANGED_ENTITIES),
  kind: z.enum(CHANGE_KINDS),
  held: z.boolean(),
};
const count = z.int().nonnegative();

/** One change that a run made, or a dry run found it would make. */
export const changeJson = z.strictObject({
  ...sort,
  ref: z.string(),
  site: z.string().nullable(),
  group: z.string().nullable(),
  before: image,
  after: image,
});
export type ChangeJson = z.infer<typeof changeJson>;

/** What a run's changes come to. */
export const planSummaryJson = z.strictObject({
  kinds: z.array(z.strictObject({ ...sort, count })),
  sites: z.array(z.strictObject({ site: z.string().nullable(), ...sort, count })),
  groups: z.array(z.strictObject({ group: z.string(), ...sort, count })),
});
export type PlanSummaryJson = z.infer<typeof planSummaryJson>;

/** Which run, or who, set something. */
export const originJson = z.strictObject({
  run: z.int().positive().nullable(),
  at: z.iso.datetime(),
  task: z.string().nullable(),
  trigger: z.string().nullable(),
  requestedBy: z.string().nullable(),
  by: z.string().nullable(),
});
export type OriginJson = z.infer<typeof originJson>;

/** A change of the past, with what made it. */
export const pastChangeJson = changeJson.omit({ held: true }).extend(originJson.shape);
export type PastChangeJson = z.infer<typeof pastChangeJson>;

/** A planned change as JSON. */
export function toChangeJson(change: PlannedChange): ChangeJson {
  const { entity, ref, kind, held, site, group, before, after } = change;
  return { entity, ref, kind, held, site, group, before, after };
}

/** A summary as JSON. */
export function toPlanSummaryJson({ kinds, sites, groups }: PlanSummary): PlanSummaryJson {
  return {
    kinds: kinds.map((row) => ({ ...row })),
    sites: sites.map((row) => ({ ...row })),
    groups: groups.map((row) => ({ ...row })),
  };
}

/** An origin as JSON. */
export function toOriginJson(origin: ChangeOrigin): OriginJson {
  const { runId: run, at, task, trigger, requestedBy, actor: by } = origin;
  return { run, at: at.toISOString(), task, trigger, requestedBy, by };
}

/** A change of the past as JSON. */
export function toPastChangeJson(change: PastChange): PastChangeJson {
  const { entity, ref, kind, site, group, before, after } = change;
  return { ...toOriginJson(change), entity, ref, kind, site, group, before, after };
}
