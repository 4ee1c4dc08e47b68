import { describeGuard, describeSchoolYearChange } from '@passerelle/roster';
import {
  findShortfall,
  type Registry,
  type RejectedRecord,
  type Run,
  type RunPart,
  type RunStore,
  runSeconds,
  type Shortfall,
  toGuardsJson,
  toMissingJson,
  toPartJson,
  toRejectionJson,
  toRunJson,
  toWaitJson,
} from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { showCount } from '../output/format.js';
import { languageOf } from '../output/language.js';
import { sumUpParts } from '../output/sum-up-parts.js';
import { renderOriginal, renderShortfall } from '../output/shortfall.js';
import { renderFacts, renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { sayWait } from '../output/wait.js';

/** Rejected records that a person is shown, and a program. */
const MOST_SHOWN = 20;
const MOST_PRINTED = 10_000;

/** `passerelle runs show ID` */
export async function showRun(
  context: Context,
  id: number,
  options: { json?: true },
): Promise<ExitCode> {
  const { runs, registry } = await context.stores();
  const run = await runs.getRun(id);
  if (run === null) throw unknownRun(id);
  const parts = await runs.listParts(id);
  const rejections = await runs.listRejections(id, options.json ? MOST_PRINTED : MOST_SHOWN);
  const shortfall = await findShortfall({ runs }, run);
  const original = await findOriginal(runs, run);
  if (options.json) {
    sayJson(context.terminal, {
      ...toRunJson(run),
      missing: run.missing,
      ...toMissingJson(run, shortfall, original),
      dryRun: run.dryRun,
      wait: toWaitJson(run.wait),
      ...toGuardsJson(run),
      parts: parts.map(toPartJson),
      rejections: rejections.map(toRejectionJson),
    });
    return EXIT.done;
  }
  const gaps = [
    ...renderShortfall(run, shortfall),
    ...(original === null || !run.onlyMissing
      ? []
      : renderOriginal(original.run, original.shortfall)),
  ];
  say(context.terminal, renderRun(context, run, await personOf(registry, run), gaps));
  if (parts.length > 0) say(context.terminal, `\n${renderParts(context, run, parts)}`);
  if (rejections.length > 0) say(context.terminal, `\n${renderRejections(context, rejections)}`);
  return EXIT.done;
}

/** What to answer to the number of a run that isn't there. */
export function unknownRun(id: number): UsageError {
  return new UsageError(`There is no run ${id}. "passerelle runs list" shows which there are.`);
}

/** The one person that a run read: `student:12`. */
async function personOf(
  registry: Pick<Registry, 'whereabouts'>,
  { userId }: Run,
): Promise<string | null> {
  if (userId === null) return null;
  const person = await registry.whereabouts({ id: userId });
  return person === null ? 'no longer in the registry' : `${person.kind}:${person.code}`;
}

/** The run that this one retries, and what is missing of it now. */
async function findOriginal(
  runs: RunStore,
  { retryOfId }: Run,
): Promise<{ run: Run; shortfall: Shortfall } | null> {
  const run = retryOfId === null ? null : await runs.getRun(retryOfId);
  return run === null ? null : { run, shortfall: await findShortfall({ runs }, run) };
}

function renderRun(
  context: Context,
  run: Run,
  person: string | null,
  gaps: readonly (readonly [string, string])[],
): string {
  const { format } = context;
  const { counts, links, wait } = run;
  return renderFacts([
    ['Run', run.id],
    ['Task', run.task],
    ['State', wait === null ? run.state : sayWait(context, wait)],
    ['Trigger', describeTrigger(run)],
    ...(run.dryRun ? ([['Dry run', 'it changed nothing']] as const) : []),
    ...(person === null ? [] : ([['Person', person]] as const)),
    ...(run.siteCode === null ? [] : ([['Site', run.siteCode]] as const)),
    ['Queued', format.instant(run.queuedAt)],
    ['Started', format.instant(run.startedAt)],
    ['Ended', format.instant(run.endedAt)],
    ['Took', format.seconds(runSeconds(run))],
    [
      'Records',
      `${counts.read} read, ${counts.created} created, ${counts.updated} updated, ` +
        `${counts.unchanged} unchanged, ${counts.suspended} suspended, ` +
        `${run.missing} missing (suspended when their grace ends), ${counts.rejected} rejected`,
    ],
    ['Links', `${links.added} added, ${links.removed} removed`],
    ...renderGuards(context, run),
    ...(run.error === null ? [] : ([['Error', run.error]] as const)),
    ...gaps,
  ]);
}

function describeTrigger({ trigger, retryOfId, onlyMissing }: Run): string {
  if (retryOfId === null) return trigger;
  return `${trigger} of run ${retryOfId}${onlyMissing ? ', of what it lacked only' : ''}`;
}

/** Guards shown; --json lists all that were kept. */
const MOST_GUARDS = 20;

/** Why removals were held, what became of them, and what the guards let pass. */
function renderGuards({ terminal, format }: Context, run: Run): [string, string][] {
  const language = languageOf(terminal);
  const reasons = run.guards.slice(0, MOST_GUARDS).map((guard) => describeGuard(guard)[language]);
  const more = run.guards.length - reasons.length;
  const turn = run.schoolYear === null ? null : describeSchoolYearChange(run.schoolYear);
  const lines = [...reasons, ...(more > 0 ? [`… ${showCount(more)} more`] : [])];
  const lead = run.dryRun ? 'Would be held' : 'Held because';
  const { decision } = run;
  return [
    ...(turn === null ? [] : [['Note', turn[language]] satisfies [string, string]]),
    ...lines.map((line, index): [string, string] => [index === 0 ? lead : '', line]),
    ...(run.state === 'held' ? howToDecide(run.id) : []),
    ...(decision === null
      ? []
      : [
          [
            'Decided',
            `${format.instant(decision.at)} by ${decision.by}: ${decision.reason}`,
          ] satisfies [string, string],
        ]),
  ];
}

const howToDecide = (id: number): [string, string][] => [
  ['To apply them', `passerelle runs approve ${id} --reason …`],
  ['To drop them', `passerelle runs reject ${id} --reason …`],
];

/** One row per part, and the sums that matter. */
function renderParts({ terminal }: Context, run: Run, parts: readonly RunPart[]): string {
  const rows = parts.map((part) => [
    part.number,
    part.reading,
    part.periodCode,
    part.siteCode,
    part.groupCode,
    pageOf(part),
    part.state === 'set_aside' ? 'set aside' : part.state,
    part.attempt,
    part.read,
    part.rejected,
    remarkOn(part, parts),
  ]);
  const head = ['Part', 'Reads', 'Period', 'Site', 'Group', 'Records', 'State', 'Attempts', 'Read'];
  const table = renderTable(terminal, [...head, 'Rejected', 'Remark'], rows);
  return `${table}\n\n${sumUpParts(run, parts)}.`;
}

/** Which records of the list: `41-90`; nothing for all of them. */
function pageOf({ page }: RunPart): string | null {
  return page === null ? null : `${page.offset + 1}-${page.offset + page.limit}`;
}

/** What was asked for in pieces is no failure: the pieces stand for it. */
function remarkOn(part: RunPart, parts: readonly RunPart[]): string | null {
  if (part.state !== 'split') return part.error;
  const pieces = parts.filter(({ splitFrom }) => splitFrom === part.number);
  const which = pieces.map(({ number }) => number);
  return which.length === 1
    ? `as part ${which[0]}`
    : `as parts ${Math.min(...which)} to ${Math.max(...which)}`;
}

/** What was set aside and why; the code leads to the person in NetYParéo. */
function renderRejections({ terminal }: Context, rejections: readonly RejectedRecord[]): string {
  const rows = rejections.map(({ partNumber, ordinal, code, path, message }) => [
    partNumber,
    ordinal,
    code,
    path,
    message,
  ]);
  const table = renderTable(terminal, ['Part', 'Record', 'Code', 'Path', 'Rejected because'], rows);
  return rejections.length < MOST_SHOWN
    ? table
    : `${table}\n\nThe first ${MOST_SHOWN}; --json lists all.`;
}
