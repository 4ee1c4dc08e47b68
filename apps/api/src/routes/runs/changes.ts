import {
  CHANGES_CSV_HEAD,
  changeJson,
  changesCsv,
  listJson,
  type PageRequest,
  type PlanFilter,
  toChangeJson,
  toListJson,
} from '@passerelle/sync';
import { CHANGE_KINDS, CHANGED_ENTITIES, GROUP_KINDS } from '@passerelle/roster';
import { z } from 'zod';
import { code, given, pageFields, personReference, text } from '../../schemas/fields.js';
import { begun } from '../../table/begun.js';
import { endpoint, ok } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { findRun, runParams } from './find-run.js';

const query = z.strictObject({
  ...pageFields,
  entity: z.enum(CHANGED_ENTITIES).optional(),
  kind: z.enum(CHANGE_KINDS).optional(),
  site: code.optional(),
  group: text(120).optional().describe('`initial:G1`, or a code of either kind.'),
  user: personReference.optional(),
  format: z.enum(['json', 'csv']).default('json').describe('`csv`: all of them, as a file.'),
});

/** What a run changed, or a dry run would. */
export const listChanges = endpoint({
  summary: "List a run's changes, one by one",
  description: 'Of a dry run: what it would do. With what was there before and after.',
  params: runParams,
  ...{ query, media: ['text/csv'] },
  answers: { 200: listJson(changeJson) },
  problems: ['not-found', 'invalid-cursor'],
  handle: async (request, scope) => {
    const run = await findRun(scope, request.params.id);
    const { limit, cursor, format, site: siteCode, group, ...rest } = request.query;
    const filter: PlanFilter = given({
      ...rest,
      siteCode,
      group: group === undefined ? undefined : parseGroup(group),
    });
    const page: PageRequest = { limit, ...(cursor === undefined ? {} : { cursor }) };
    if (format === 'csv') {
      const name = `run-${run.id}-changes.csv`;
      return {
        status: 200 as const,
        type: 'text/csv; charset=utf-8',
        headers: { 'content-disposition': `attachment; filename="${name}"` },
        stream: await begun(csvOf(scope, run.id, filter, page)),
      };
    }
    const { items, nextCursor } = await scope.deps.plans.changes(run.id, filter, page);
    return ok(toListJson(items.map(toChangeJson), nextCursor));
  },
});

function parseGroup(said: string): NonNullable<PlanFilter['group']> {
  const kind = GROUP_KINDS.find((known) => said.startsWith(`${known}:`));
  return kind === undefined ? { code: said } : { kind, code: said.slice(kind.length + 1) };
}

const CSV_PAGE = 1_000;

/** A page at a time, so that a million changes take no more memory than a thousand. */
async function* csvOf(
  { deps, signal }: Scope,
  runId: number,
  filter: PlanFilter,
  { cursor }: PageRequest,
): AsyncGenerator<string> {
  let head = CHANGES_CSV_HEAD;
  let next: PageRequest | null = { limit: CSV_PAGE, ...(cursor === undefined ? {} : { cursor }) };
  while (next !== null) {
    signal.throwIfAborted();
    const page = await deps.plans.changes(runId, filter, next);
    yield head + changesCsv(page.items);
    head = '';
    next = page.nextCursor === null ? null : { limit: CSV_PAGE, cursor: page.nextCursor };
  }
}
