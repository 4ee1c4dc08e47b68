import type { Reading } from '@passerelle/roster';
import type { PartRequest, ReadRecord } from '@passerelle/sync';
import type { SourceSample } from '@passerelle/netypareo';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { counted } from '../output/format.js';
import { renderTable } from '../output/table.js';
import { say, sayJson, type Terminal } from '../output/terminal.js';
import { requireSource } from '../runtime/require-source.js';
import { chooseScope } from '../runtime/sample-scope.js';

export interface SampleOptions {
  limit: number;
  period?: string;
  site?: string;
  group?: string;
  json?: true;
}

/** `passerelle source sample ENTITY` */
export async function sampleSource(
  context: Context,
  reading: Reading,
  options: SampleOptions,
): Promise<ExitCode> {
  const opened = await context.source();
  requireSource(opened);
  const request = await chooseScope(context, opened.source, reading, options);
  const sample = await opened.source.sample(request, options.limit, context.signal);
  if (options.json) sayJson(context.terminal, toSampleJson(request, sample));
  else say(context.terminal, renderSample(context, request, sample));
  return EXIT.done;
}

function toSampleJson({ reading, scope }: PartRequest, sample: SourceSample): object {
  const { records, hasList, first, paths, unseen } = sample;
  const { periodCode: period, siteCode: site, groupCode: group } = scope;
  const scoped = { entity: reading, scope: { period, site, group } };
  return { ...scoped, records, hasList, items: first, paths, unseen };
}

function renderSample({ terminal }: Context, request: PartRequest, sample: SourceSample): string {
  const { periodCode, siteCode, groupCode } = request.scope;
  const where = [
    periodCode === null ? '' : ` period ${periodCode}`,
    siteCode === null ? '' : ` site ${siteCode}`,
    groupCode === null ? '' : ` group ${groupCode}`,
  ].join('');
  const unseen = sample.unseen.map(({ path, field }) => `  ${field}: ${path}`);
  return [
    `${request.reading}${where === '' ? '' : ` of${where}`}: ${counted(sample.records, 'record')}.`,
    ...sample.first.map(renderRecord),
    '',
    renderPaths(terminal, sample),
    ...(unseen.length === 0 ? [] : ['', 'Mapped by the contract, but in no record:', ...unseen]),
  ].join('\n');
}

function renderPaths(terminal: Terminal, { hasList, paths }: SourceSample): string {
  const rows = paths.map(({ path, looksLike, times }) => [path, looksLike.join(', '), times]);
  const table = renderTable(terminal, ['Path in the answer', 'Looks like', 'Times'], rows);
  if (!hasList) {
    const missing = 'There is no list where "records" of the contract says.';
    return rows.length === 0
      ? `${missing} The answer holds nothing at all.`
      : `${missing}\n${table}`;
  }
  return rows.length === 0
    ? 'The list is there and empty, and so tells nothing of its records: ask for another part (--period, --site, --group).'
    : table;
}

function renderRecord(read: ReadRecord): string {
  if (!read.ok) return `\nRecord ${read.ordinal} is not usable: ${read.problem.message}`;
  return `\nRecord ${read.ordinal}\n${JSON.stringify(read.record, null, 2)}`;
}
