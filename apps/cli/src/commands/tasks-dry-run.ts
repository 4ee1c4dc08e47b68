import {
  type PlanReader,
  type Run,
  toChangeJson,
  toPlanSummaryJson,
  toRunJson,
} from '@passerelle/sync';
import type { Context } from '../context.js';
import { countChanges, renderChanges, renderSummary } from '../output/changes.js';
import { describeOutcome } from '../output/run-sentence.js';
import { note, say, sayJson } from '../output/terminal.js';
import { printCsv } from './runs-changes.js';

/** How a dry run's plan is shown. */
export interface PlanOptions {
  changes?: true;
  json?: true;
  csv?: true;
}

/** Changes shown at once; "runs show" has the rest. */
const MOST_SHOWN = 1000;

/** Shows what a dry run found that the run would do. */
export async function tellPlan(context: Context, run: Run, options: PlanOptions): Promise<void> {
  const { plans } = await context.stores();
  if (options.json) return sayJson(context.terminal, await toDocument(plans, run, options));
  if (options.csv) {
    note(context.terminal, describeOutcome(run, context.format));
    return printCsv(context, plans, run.id, {}, { limit: MOST_SHOWN });
  }
  say(context.terminal, describeOutcome(run, context.format));
  if (run.state !== 'succeeded' && run.state !== 'partial') return;
  await sayPlan(context, plans, run, options);
}

async function toDocument(plans: PlanReader, run: Run, options: PlanOptions): Promise<object> {
  const summary = toPlanSummaryJson(await plans.summary(run.id));
  const document = { run: toRunJson(run), dryRun: true, held: run.holdReason, summary };
  if (!options.changes) return document;
  const { items, nextCursor } = await plans.changes(run.id, {}, { limit: MOST_SHOWN });
  return { ...document, items: items.map(toChangeJson), nextCursor };
}

async function sayPlan(
  { terminal }: Context,
  plans: PlanReader,
  run: Run,
  options: PlanOptions,
): Promise<void> {
  const summary = await plans.summary(run.id);
  say(
    terminal,
    `\n${countChanges(summary)}. Nothing was changed.\n\n${renderSummary(terminal, summary)}`,
  );
  const shows = `"passerelle runs show ${run.id} --changes`;
  if (summary.kinds.length === 0) return;
  if (!options.changes) return say(terminal, `\n${shows}" shows each change.`);
  const { items, nextCursor } = await plans.changes(run.id, {}, { limit: MOST_SHOWN });
  say(terminal, `\n${renderChanges(terminal, items)}`);
  if (nextCursor !== null) say(terminal, `\n${shows} --cursor ${nextCursor}" shows more.`);
}
