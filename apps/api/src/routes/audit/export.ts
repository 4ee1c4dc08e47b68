import {
  type AuditEvent,
  type AuditFilter,
  type AuditLog,
  csvLine,
  toAuditEventJson,
} from '@passerelle/sync';

type Filter = Omit<AuditFilter, 'limit'>;

/** Events in memory at a time. */
const PAGE = 1_000;

const HEAD = [
  ...['id', 'at', 'actor', 'action', 'entity', 'entityId'],
  ...['before', 'after', 'reason', 'from'],
];

/** All events that fit as CSV, a page at a time. */
export async function* auditAsCsv(
  audit: AuditLog,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let head = csvLine(HEAD);
  for await (const events of pagesOf(audit, filter, signal)) {
    yield head + events.map(toLine).join('');
    head = '';
  }
  if (head !== '') yield head;
}

/** All events that fit as one list, a page at a time. */
export async function* auditAsJson(
  audit: AuditLog,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let separator = '{"items":[';
  for await (const events of pagesOf(audit, filter, signal)) {
    yield separator + events.map((event) => JSON.stringify(toAuditEventJson(event))).join(',');
    separator = ',';
  }
  yield `${separator === ',' ? '' : separator}],"nextCursor":null}`;
}

/** Pages, none of them empty. */
async function* pagesOf(
  audit: AuditLog,
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<readonly AuditEvent[]> {
  let next: Filter | null = filter;
  while (next !== null) {
    signal.throwIfAborted();
    const { items, nextCursor } = await audit.list({ ...next, limit: PAGE });
    if (items.length > 0) yield items;
    next = nextCursor === null ? null : { ...filter, cursor: nextCursor };
  }
}

function toLine({ at, before, after, ...event }: AuditEvent): string {
  const { id, actor, action, entity, entityId, reason, from } = event;
  const values = [before, after].map((value) => (value === null ? null : JSON.stringify(value)));
  return csvLine([
    ...[id, at.toISOString(), actor, action, entity, entityId],
    ...values,
    ...[reason, from],
  ]);
}
