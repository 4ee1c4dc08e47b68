import { hash32 } from '../random.js';
import { createFragments } from './fragments.js';
import {
  entryType,
  NAMESPACE,
  OPERATIONS,
  type OperationName,
  type OperationType,
  RECORD_TYPES,
  type RecordType,
  recordType,
} from './schema.js';
import type { AnswerRenderer } from './style.js';
import { escapeXml, isList, type WireRecord, type WireValue } from './value.js';

const ENVELOPE =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"' +
  ` xmlns:ns1="${NAMESPACE}" xmlns:xsd="http://www.w3.org/2001/XMLSchema"` +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"' +
  ' xmlns:SOAP-ENC="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:ns2="http://xml.apache.org/xml-soap"' +
  ' SOAP-ENV:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><SOAP-ENV:Body>';

const NO_TYPES: RecordType = {};

/**
 * Rpc/encoded as PHP's SoapServer writes it (facts/netypareo.md, "The SOAP service"):
 * Maps for records, Arrays with a declared length for lists, Maps for lists with ids as
 * keys, an object sent once and pointed to after that.
 */
export function createEncodedRenderer(operation: OperationName): AnswerRenderer {
  const type: OperationType = OPERATIONS[operation];
  const { answer, keyedBy } = type;
  const references: References = new Map();
  const list = 'list' in answer;
  const types = RECORD_TYPES[list ? answer.list : answer.record] ?? NO_TYPES;
  const fields = (record: WireRecord): string => renderEntries(record, types, references);
  return {
    head: (count) => `${ENVELOPE}<ns1:${operation}Response>${opening(count, list, keyedBy)}`,
    record: (record) => {
      if (!list) {
        return fields(record);
      }
      if (keyedBy === undefined) {
        return `<item xsi:type="ns2:Map">${fields(record)}</item>`;
      }
      const key = Number(record[keyedBy]);
      return `<item><key xsi:type="xsd:int">${key}</key><value xsi:type="ns2:Map">${fields(record)}</value></item>`;
    },
    tail: () => `</return></ns1:${operation}Response></SOAP-ENV:Body></SOAP-ENV:Envelope>\n`,
  };
}

/** A PHP array with its ids as keys is a Map; an empty one has no keys, so it is an Array. */
function opening(count: number, list: boolean, keyedBy: string | undefined): string {
  const keyed = keyedBy !== undefined && count > 0;
  return list && !keyed
    ? `<return SOAP-ENC:arrayType="${count === 0 ? 'xsd:anyType' : 'ns2:Map'}[${count}]" xsi:type="SOAP-ENC:Array">`
    : '<return xsi:type="ns2:Map">';
}

/** Objects already sent in this answer, with their ids. */
type References = Map<WireRecord, number>;

function renderEntries(record: WireRecord, types: RecordType, references: References): string {
  let xml = '';
  for (const name in record) {
    xml += `<item><key xsi:type="xsd:string">${name}</key>${renderValue(name, record[name] ?? null, types, references)}</item>`;
  }
  return xml;
}

function renderValue(
  name: string,
  value: WireValue,
  types: RecordType,
  references: References,
): string {
  if (value === null || typeof value !== 'object') {
    return renderScalar('value', value);
  }
  if (isList(value)) {
    return renderList(value, RECORD_TYPES[entryType(types[name])] ?? NO_TYPES, references);
  }
  const inner = recordType(types[name]);
  if (inner.object) {
    return renderObject(value, references);
  }
  const render = (): string => mapValue(value, RECORD_TYPES[inner.name] ?? NO_TYPES, references);
  return inner.shared ? tableRows.render(value, render) : render();
}

const tableRows = createFragments();

const mapValue = (value: WireRecord, types: RecordType, references: References): string =>
  `<value xsi:type="ns2:Map">${renderEntries(value, types, references)}</value>`;

/** Of one-element lists every other is the element itself (see {@link isBare}). */
function renderList(
  list: readonly WireRecord[],
  types: RecordType,
  references: References,
): string {
  const [only] = list;
  if (only === undefined) {
    return '<value SOAP-ENC:arrayType="xsd:anyType[0]" xsi:type="SOAP-ENC:Array"/>';
  }
  if (list.length === 1 && isBare(only)) {
    return mapValue(only, types, references);
  }
  const items = list.map(
    (entry) => `<item xsi:type="ns2:Map">${renderEntries(entry, types, references)}</item>`,
  );
  return `<value SOAP-ENC:arrayType="ns2:Map[${list.length}]" xsi:type="SOAP-ENC:Array">${items.join('')}</value>`;
}

/** By the record's code, so that it is so on every day. */
function isBare(entry: WireRecord): boolean {
  const code = Object.values(entry)[0];
  return typeof code === 'number' && hash32(code) % 2 === 1;
}

/** A PHP object (not an array): a Struct, in full where it comes first, by its id after that. */
function renderObject(value: WireRecord, references: References): string {
  const known = references.get(value);
  if (known !== undefined) {
    return `<value href="#ref${known}"/>`;
  }
  const id = references.size + 1;
  references.set(value, id);
  const fields = Object.entries(value).map(([name, field]) =>
    typeof field === 'object' && field !== null ? '' : renderScalar(name, field),
  );
  return `<value id="ref${id}" xsi:type="SOAP-ENC:Struct">${fields.join('')}</value>`;
}

function renderScalar(element: string, value: string | number | null): string {
  if (value === null) {
    return `<${element} xsi:nil="true"/>`;
  }
  return typeof value === 'number'
    ? `<${element} xsi:type="xsd:int">${value}</${element}>`
    : `<${element} xsi:type="xsd:string">${escapeXml(value)}</${element}>`;
}
