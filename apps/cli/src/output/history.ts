import { fieldsOf, type PastChange } from '@passerelle/sync';
import type { Context } from '../context.js';
import { withLead } from './changes.js';
import { renderTable } from './table.js';

const HEAD = ['When', 'Run', 'By', 'What', 'Change', 'Field', 'Before', 'After'];

/** Changes of the past as a table, a line for each field. */
export function renderHistory(
  { terminal, format }: Pick<Context, 'terminal' | 'format'>,
  changes: readonly PastChange[],
): string {
  const rows = changes.flatMap((change) => {
    const by = change.actor ?? change.requestedBy ?? change.trigger;
    const lead = [format.instant(change.at), change.runId, by, change.ref, change.kind];
    return withLead(lead, fieldsOf(change));
  });
  return renderTable(terminal, HEAD, rows);
}
