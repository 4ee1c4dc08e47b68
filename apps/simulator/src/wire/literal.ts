import {
  entryType,
  type FieldType,
  NAMESPACE,
  OPERATIONS,
  type OperationName,
  RECORD_TYPES,
  recordType,
} from './schema.js';
import type { AnswerRenderer } from './style.js';
import { createFragments } from './fragments.js';
import { escapeXml, isList, type WireRecord, type WireValue } from './value.js';

const ENVELOPE =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"' +
  ` xmlns:ns1="${NAMESPACE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><SOAP-ENV:Body>`;

/** Document/literal, wrapped: `<return>` holds one typed element per record. */
export function createLiteralRenderer(operation: OperationName): AnswerRenderer {
  const { answer } = OPERATIONS[operation];
  const list = 'list' in answer;
  const type = list ? answer.list : answer.record;
  return {
    head: () => `${ENVELOPE}<ns1:${operation}Response><return>`,
    record: (record) => {
      const fields = renderFields(record, type);
      return list ? `<${type}>${fields}</${type}>` : fields;
    },
    tail: () => `</return></ns1:${operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`,
  };
}

function renderFields(record: WireRecord, typeName: string): string {
  const types = RECORD_TYPES[typeName];
  let xml = '';
  for (const name in record) {
    xml += renderField(name, record[name] ?? null, types?.[name] ?? 'string');
  }
  return xml;
}

function renderField(name: string, value: WireValue, type: FieldType): string {
  if (value === null) {
    return `<${name} xsi:nil="true"/>`;
  }
  if (typeof value === 'number') {
    return `<${name}>${value}</${name}>`;
  }
  if (typeof value === 'string') {
    return value === '' ? `<${name}/>` : `<${name}>${escapeXml(value)}</${name}>`;
  }
  if (isList(value)) {
    return `<${name}>${renderEntries(value, entryType(type))}</${name}>`;
  }
  const inner = recordType(type);
  const fields = inner.shared
    ? tableRows.render(value, () => renderFields(value, inner.name))
    : renderFields(value, inner.name);
  return `<${name}>${fields}</${name}>`;
}

function renderEntries(list: readonly WireRecord[], type: string): string {
  let xml = '';
  for (const entry of list) {
    xml += `<${type}>${renderFields(entry, type)}</${type}>`;
  }
  return xml;
}

const tableRows = createFragments();
