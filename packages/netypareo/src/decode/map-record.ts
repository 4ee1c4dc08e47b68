import {
  type FieldSpec,
  type FieldValue,
  type Reading,
  recordDigest,
  SOURCE_FIELDS,
  type SourceRecord,
} from '@passerelle/roster';
import type { MappingProblem } from '@passerelle/sync';
import type { FieldMapping, ListContract, ReadingContract } from '../contract/schema.js';
import { testOf, type Test } from './condition.js';
import { constant, type Converter, converterOf, isBad } from './convert.js';
import { splitPath } from './filter.js';
import { detailOf, firstNames, pathsOf, readsPlainValue } from './reading-filter.js';
import {
  ABSENT,
  asList,
  follow,
  isEmpty,
  lookUpAll,
  MISSHAPEN,
  newRoute,
  type Route,
  type Value,
} from './tree.js';

export type MappedRecord =
  | { ok: true; record: SourceRecord }
  | { ok: false; code: string | null; problem: MappingProblem; digest: string };

/** Something that no record of an answer had: the contract and the server disagree. */
export interface NeverFound {
  field: string;
  path: string;
}

/** Applies a reading's contract to records, and watches which paths are ever found. */
export interface RecordMapper {
  /** Does the reading's `where` take this record at all? */
  takes(value: Value): boolean;
  map(value: Value, key: string): MappedRecord;
  /** Required fields and lists that none of the records mapped so far had. */
  neverFound(): NeverFound[];
  /** What is wrong with every single record, where there are enough to say so. */
  commonProblem(): MappingProblem | null;
  /** Paths of all fields that none of the records mapped so far had, required or not. */
  unseenPaths(): NeverFound[];
}

/** So many records that are bad in the same way are no chance: the contract is. */
const ENOUGH_RECORDS = 10;

interface FieldReader {
  name: string;
  /** Path for messages, in the source's terms. */
  label: string;
  paths: { route: Route; isKey: boolean }[];
  fixed: FieldValue | undefined;
  fallback: FieldValue;
  convert: Converter;
  mustNotBeEmpty: boolean;
  isRequired: boolean;
  /** In how many records the path was there at all. */
  seen: number;
}

interface ListReader {
  name: string;
  path: string[];
  label: string;
  mayBeAbsent: boolean;
  takes: Test | null;
  fields: FieldReader[];
  /** The fields of the vocabulary that the contract doesn't map. */
  blank: Record<string, FieldValue>;
  knownNames: Set<string>;
  takesScalars: boolean;
  seen: number;
}

/** Prepares the contract of one reading for use on many records. */
export function createRecordMapper(reading: Reading, contract: ReadingContract): RecordMapper {
  const spec = SOURCE_FIELDS[reading];
  const fields = compileFields(contract.fields, spec.fields, '');
  const blank = blankOf(spec.fields);
  const lists = Object.entries(spec.lists).map(([name, specs]) =>
    compileList(name, contract.lists?.[name], specs),
  );
  const takes = contract.where ? testOf(contract.where) : null;
  let mapped = 0;
  let common: MappingProblem | null = null;

  return {
    takes: (value) => takes === null || takes(value),
    map(value, key) {
      mapped++;
      const record: SourceRecord = { fields: { ...blank }, lists: {} };
      let problem = readFields(fields, value, key, record.fields);
      for (const list of lists) {
        const items = readList(list, value);
        record.lists[list.name] = items.rows;
        problem ??= items.problem;
      }
      if (mapped === 1) common = problem;
      if (problem?.path !== common?.path) common = null;
      if (problem === null) return { ok: true, record };
      const { code } = record.fields;
      const digest = recordDigest(record);
      return { ok: false, code: typeof code === 'string' ? code : null, problem, digest };
    },
    neverFound: () => [
      // Servers that leave empty elements out may do so with a single record.
      ...fields
        .filter(
          ({ isRequired, seen, name }) =>
            isRequired && seen === 0 && (mapped > 1 || name === 'code'),
        )
        .map(({ name, label }) => ({ field: name, path: label })),
      ...lists
        .filter(({ seen, mayBeAbsent }) => seen === 0 && !mayBeAbsent)
        .map(({ name, label }) => ({ field: name, path: label })),
    ],
    commonProblem: () => (mapped < ENOUGH_RECORDS ? null : common),
    unseenPaths: () =>
      [...fields, ...lists, ...lists.filter(({ seen }) => seen > 0).flatMap((list) => list.fields)]
        .filter(({ seen, label }) => seen === 0 && label !== '')
        .map(({ name, label }) => ({ field: name, path: label })),
  };
}

function compileFields(
  mappings: Record<string, FieldMapping | undefined>,
  specs: Readonly<Record<string, FieldSpec>>,
  prefix: string,
): FieldReader[] {
  return Object.entries(specs).flatMap(([name, spec]) => {
    const mapping = mappings[name];
    return mapping === undefined ? [] : [compileField(name, mapping, spec, prefix)];
  });
}

function compileField(
  name: string,
  mapping: FieldMapping,
  spec: FieldSpec,
  prefix: string,
): FieldReader {
  const detail = detailOf(mapping);
  const paths = pathsOf(mapping);
  const convert = converterOf(mapping, spec);
  const fixedOf = (value: string | number | boolean | undefined) => {
    if (value === undefined) return undefined;
    const converted = constant(value, spec, convert);
    return isBad(converted) ? null : converted;
  };
  return {
    name,
    label: paths.map((path) => prefix + path).join(' | '),
    paths: paths.map((path) => ({
      route: newRoute(splitPath(path)),
      isKey: path.endsWith('@key'),
    })),
    fixed: fixedOf(detail.value),
    fallback: fixedOf(detail.default) ?? null,
    convert,
    mustNotBeEmpty: spec.required === true || detail.mayBeEmpty === false,
    isRequired:
      spec.required === true && detail.value === undefined && detail.default === undefined,
    seen: 0,
  };
}

function compileList(
  name: string,
  contract: ListContract | undefined,
  specs: Readonly<Record<string, FieldSpec>>,
): ListReader {
  const fields = contract?.fields ?? {};
  const where = contract?.where;
  return {
    name,
    path: contract ? splitPath(contract.path) : [],
    label: contract?.path ?? '',
    mayBeAbsent: contract === undefined || contract.mayBeAbsent === true,
    takes: where ? testOf(where) : null,
    fields: compileFields(fields, specs, contract ? `${contract.path}.*.` : ''),
    blank: blankOf(specs),
    knownNames: firstNames(fields, where ? [where.path] : []),
    takesScalars: readsPlainValue(fields),
    seen: 0,
  };
}

function blankOf(specs: Readonly<Record<string, FieldSpec>>): Record<string, FieldValue> {
  return Object.fromEntries(Object.keys(specs).map((name) => [name, null]));
}

/** Fills in the fields of a record; of what is wrong with it, tells the first. */
function readFields(
  readers: readonly FieldReader[],
  value: Value,
  key: string,
  into: Record<string, FieldValue>,
): MappingProblem | null {
  let first: MappingProblem | null = null;
  for (const reader of readers) {
    const read = readField(reader, value, key);
    if (isProblem(read)) first ??= read;
    else into[reader.name] = read;
  }
  return first;
}

function isProblem(read: FieldValue | MappingProblem): read is MappingProblem {
  return typeof read === 'object' && read !== null;
}

function readField(reader: FieldReader, value: Value, key: string): FieldValue | MappingProblem {
  if (reader.fixed !== undefined) return reader.fixed;
  const text = readText(reader, value, key);
  if (text === MISSHAPEN) {
    return problemOf('unexpected_shape', reader, 'a single plain value was expected');
  }
  if (text !== '') {
    const converted = reader.convert(text);
    if (isBad(converted)) {
      return problemOf(converted.reason, reader, `expected ${converted.expected}`);
    }
    if (converted !== null) return converted;
  }
  if (reader.fallback === null && reader.mustNotBeEmpty) {
    return problemOf('missing_field', reader, 'there is no value');
  }
  return reader.fallback;
}

/** The first of the field's paths that is not empty, trimmed; '' where there is none. */
function readText(reader: FieldReader, value: Value, key: string): string | typeof MISSHAPEN {
  let isSeen = false;
  let text = '';
  for (const { route, isKey } of reader.paths) {
    const found = isKey ? key : follow(route, value);
    if (found === MISSHAPEN) return MISSHAPEN;
    if (found === ABSENT) continue;
    isSeen = true;
    if (isEmpty(found)) continue;
    if (typeof found !== 'string') return MISSHAPEN;
    text = found.trim();
    break;
  }
  if (isSeen) reader.seen++;
  return text;
}

function readList(
  list: ListReader,
  record: Value,
): { rows: Record<string, FieldValue>[]; problem: MappingProblem | null } {
  const found = list.path.length === 0 ? ABSENT : lookUpAll(record, list.path);
  if (found === ABSENT) return { rows: [], problem: null };
  list.seen++;
  const rows: Record<string, FieldValue>[] = [];
  let problem: MappingProblem | null = null;
  for (const value of found) {
    for (const item of asList(value, list.knownNames, list.takesScalars)) {
      if (isEmpty(item.value) || (list.takes !== null && !list.takes(item.value))) continue;
      const row = { ...list.blank };
      problem ??= readFields(list.fields, item.value, item.key, row);
      rows.push(row);
    }
  }
  return { rows, problem };
}

function problemOf(reason: string, { name, label }: FieldReader, why: string): MappingProblem {
  return { reason, path: label, message: `${name} cannot be read at ${label}: ${why}.` };
}
