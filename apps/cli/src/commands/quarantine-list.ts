import type { SharingGroup } from '@passerelle/roster';
import {
  type QuarantinedRecord,
  toListJson,
  toQuarantinedJson,
  toSharedJson,
} from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';

/** `passerelle quarantine list` */
export async function listQuarantine(
  context: Context,
  options: { json?: true },
): Promise<ExitCode> {
  const { quarantine } = await context.stores();
  const records = await quarantine.listRecords();
  const groups = await quarantine.listSharers();
  if (options.json) {
    const items = [...records.map(toQuarantinedJson), ...groups.map(toSharedJson)];
    sayJson(context.terminal, toListJson(items));
    return EXIT.done;
  }
  const shared = groups.filter(({ isSamePerson }) => !isSamePerson);
  const same = groups.filter(({ isSamePerson }) => isSamePerson);
  const sections = [
    ...(records.length === 0 ? [] : [renderRecords(context, records)]),
    ...(shared.length === 0 ? [] : [renderGroups(context, 'Shared by several', shared)]),
    ...(same.length === 0 ? [] : [renderGroups(context, 'Teacher and tutor at once', same)]),
  ];
  const nothing = 'No record is set aside, and nobody shares a login or an e-mail.';
  say(context.terminal, sections.length === 0 ? nothing : sections.join('\n\n'));
  return EXIT.done;
}

function renderRecords(
  { terminal, format }: Context,
  records: readonly QuarantinedRecord[],
): string {
  const rows = records.map((record) => [
    record.reading,
    record.code ?? placeOf(record),
    record.reason,
    record.path,
    record.times,
    format.instant(record.since),
    format.instant(record.lastSeenAt),
    record.message,
  ]);
  const head = [
    'List',
    'Code',
    'Reason',
    'Path',
    'Runs',
    'Since',
    'Last seen',
    'Set aside because',
  ];
  return renderTable(terminal, head, rows);
}

/** Where a record without a code stands. */
function placeOf({ periodCode, siteCode, groupCode, ordinal }: QuarantinedRecord): string {
  const place = [
    ...(periodCode === null ? [] : [`period ${periodCode}`]),
    ...(siteCode === null ? [] : [`site ${siteCode}`]),
    ...(groupCode === null ? [] : [`group ${groupCode}`]),
  ];
  return [...place, `record ${ordinal}`].join(', ');
}

function renderGroups(
  { terminal }: Context,
  title: string,
  groups: readonly SharingGroup[],
): string {
  const rows = groups.map(({ shares, people }) => [
    shares.map(({ value }) => value).join(', '),
    people.map(({ kind, code }) => `${kind}:${code}`).join(', '),
  ]);
  return renderTable(terminal, [title, 'People, the one who keeps the login first'], rows);
}
