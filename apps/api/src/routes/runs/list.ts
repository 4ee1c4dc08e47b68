import { RUN_STATES, TASK_NAMES } from '@passerelle/roster';
import { listJson, runJson, toListJson, toRunJson } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { code, flag, given, instant, pageFields, several, text } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Runs, newest first. */
export const listRuns = endpoint({
  summary: 'List runs, newest first',
  query: z.strictObject({
    ...pageFields,
    task: z.enum(TASK_NAMES).optional(),
    state: several(RUN_STATES).optional().describe('May be repeated.'),
    trigger: several(['schedule', 'manual', 'api', 'retry']).optional(),
    site: code.optional().describe('Runs limited to this site.'),
    dryRun: flag.optional(),
    since: instant.optional().describe('Requested at this time or later.'),
    until: instant.optional().describe('Requested before this time.'),
    search: text(200)
      .optional()
      .describe('Anywhere in task, error, reason of holding, or who asked.'),
  }),
  answers: { 200: listJson(runJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query }, { deps, reach }) => {
    const { limit, cursor, state: states, trigger: triggers, site: siteCode, ...rest } = query;
    const found = await deps.sync.runs.listRuns({
      ...given({ ...rest, states, triggers, siteCode, beforeId: idOf(cursor) }),
      ...{ reach, limit: limit + 1 },
    });
    const page = found.slice(0, limit);
    const nextCursor = found.length > limit ? String(page.at(-1)?.id) : null;
    return ok(toListJson(page.map(toRunJson), nextCursor));
  },
});

function idOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(cursor)) throw new ProblemError('invalid-cursor');
  return Number(cursor);
}
