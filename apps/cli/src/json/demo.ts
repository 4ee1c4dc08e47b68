import { RUN_STATES, TASK_NAMES } from '@passerelle/roster';
import { type RegistrySummary, type Run, runSeconds } from '@passerelle/sync';
import { z } from 'zod';

const count = z.int().nonnegative();

/** What the registry holds that is active. */
const registryJson = z.strictObject({
  sites: count,
  groups: z.strictObject({ initial: count, continuing: count }),
  users: z.strictObject({ student: count, teacher: count, tutor: count }),
  memberships: count,
  tutorships: count,
  definitions: count,
});

/** What the demo prints: a form of its own. */
export const demoJson = z.strictObject({
  runs: z.array(
    z.strictObject({
      task: z.enum(TASK_NAMES),
      state: z.enum(RUN_STATES),
      read: count,
      created: count,
      updated: count,
      unchanged: count,
      suspended: count,
      rejected: count,
      seconds: z.number().nonnegative(),
    }),
  ),
  registry: registryJson,
});
export type DemoJson = z.infer<typeof demoJson>;

/** The demo's summary as JSON. */
export function toDemoJson(runs: readonly Run[], registry: RegistrySummary): DemoJson {
  return {
    runs: runs.map((run) => ({
      task: run.task,
      state: run.state,
      ...run.counts,
      seconds: runSeconds(run) ?? 0,
    })),
    registry,
  };
}
