import {
  CHANGES_CSV_HEAD,
  changesCsv,
  type PageRequest,
  type PlanFilter,
  type PlanReader,
  toChangeJson,
  toListJson,
} from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderChanges } from '../output/changes.js';
import { say, sayJson, sayPiece } from '../output/terminal.js';
import { type FilterOptions, toPlanFilter } from './plan-options.js';
import { unknownRun } from './runs-show.js';

/** What `runs show ID --changes` may be told. */
export interface ChangesOptions extends FilterOptions {
  limit: number;
  cursor?: string;
  json?: true;
  csv?: true;
}

/** `passerelle runs show ID --changes` */
export async function showChanges(
  context: Context,
  id: number,
  options: ChangesOptions,
): Promise<ExitCode> {
  const { runs, plans } = await context.stores();
  const run = await runs.getRun(id);
  if (run === null) throw unknownRun(id);
  if (run.endedAt === null) {
    throw new UsageError(
      `Run ${id} is still under way; its changes are made when it ends. "passerelle runs show ${id}" tells how far it is.`,
    );
  }
  const filter = toPlanFilter(options);
  const page = toPageRequest(options);
  if (options.csv) await printCsv(context, plans, id, filter, page);
  else await printPage(context, plans, id, filter, page, options.json === true);
  return EXIT.done;
}

function toPageRequest({ limit, cursor }: ChangesOptions): PageRequest {
  return { limit, ...(cursor === undefined ? {} : { cursor }) };
}

async function printPage(
  { terminal }: Context,
  plans: PlanReader,
  id: number,
  filter: PlanFilter,
  request: PageRequest,
  asJson: boolean,
): Promise<void> {
  const { items, nextCursor } = await plans.changes(id, filter, request);
  if (asJson) return sayJson(terminal, toListJson(items.map(toChangeJson), nextCursor));
  say(terminal, items.length === 0 ? 'No such change.' : renderChanges(terminal, items));
  if (nextCursor !== null) say(terminal, `\nMore: --cursor ${nextCursor}`);
}

/** All of them from the cursor on, a page at a time. */
export async function printCsv(
  { terminal, signal }: Context,
  plans: PlanReader,
  id: number,
  filter: PlanFilter,
  request: PageRequest,
): Promise<void> {
  await sayPiece(terminal, CHANGES_CSV_HEAD);
  let next: PageRequest | null = request;
  while (next !== null) {
    signal.throwIfAborted();
    const page = await plans.changes(id, filter, next);
    await sayPiece(terminal, changesCsv(page.items));
    next = page.nextCursor === null ? null : { ...request, cursor: page.nextCursor };
  }
}
