import type { FieldSpec, FieldValue } from '@passerelle/roster';
import { compileDateFormat, type DateFormat } from '../contract/date-format.js';
import type { FieldMapping } from '../contract/schema.js';
import { detailOf } from './reading-filter.js';

/** Why a text is not the value it should be. */
export interface BadValue {
  reason: 'bad_date' | 'bad_bool' | 'bad_int' | 'bad_value';
  expected: string;
}
export type Converted = FieldValue | BadValue;
/** Turns a text that is not empty into a value. */
export type Converter = (text: string) => Converted;

export function isBad(converted: Converted): converted is BadValue {
  return typeof converted === 'object' && converted !== null;
}

const TRUE = new Set(['1', 'true', 'oui', 'o', 'vrai', '-1']);
const FALSE = new Set(['0', 'false', 'non', 'n', 'faux']);

/** The conversion a field needs: its code table first, then its type. */
export function converterOf(mapping: FieldMapping, spec: FieldSpec): Converter {
  const detail = detailOf(mapping);
  const convert = typeConverter(detail.type ?? spec.type, spec, detail.format);
  const { values, otherwise } = detail;
  if (values === undefined) return convert;
  const table = new Map(Object.entries(values));
  return (text) => {
    const value = table.get(text) ?? otherwise;
    return value === undefined
      ? fail('bad_value', 'one of the values of its code table')
      : constant(value, spec, convert);
  };
}

/** A constant or default of the contract, in the type of the field. */
export function constant(
  value: string | number | boolean,
  spec: FieldSpec,
  convert: Converter,
): Converted {
  if (spec.type === 'text') return String(value);
  if (spec.type === typeName(value)) return value;
  return convert(String(value));
}

function typeName(value: string | number | boolean): string {
  return typeof value === 'number' ? 'int' : typeof value === 'boolean' ? 'bool' : 'text';
}

function typeConverter(type: string, spec: FieldSpec, format: string | undefined): Converter {
  switch (type) {
    case 'int':
      return toInt;
    case 'bool':
      return toBool;
    case 'date':
    case 'datetime':
      return dateConverter(format ?? defaultFormat(type), spec);
    default:
      return asItIs;
  }
}

function defaultFormat(type: 'date' | 'datetime'): string {
  return type === 'date' ? 'JJ/MM/AAAA' : 'JJ/MM/AAAA[ HH:MM[:SS]]';
}

function dateConverter(format: string, spec: FieldSpec): Converter {
  const parse = dateParser(format);
  return (text) => {
    const parsed = parse(text);
    if (parsed === undefined) return fail('bad_date', `a date of the form ${format}`);
    return parsed !== null && spec.type === 'date' ? parsed.slice(0, 10) : parsed;
  };
}

function toInt(text: string): Converted {
  const value = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)
    ? value
    : fail('bad_int', 'a whole number');
}

function toBool(text: string): Converted {
  const folded = text.toLowerCase();
  if (TRUE.has(folded)) return true;
  return FALSE.has(folded) ? false : fail('bad_bool', '0 or 1');
}

function asItIs(text: string): Converted {
  return text;
}

function fail(reason: BadValue['reason'], expected: string): Converted {
  return { reason, expected };
}

const parsers = new Map<string, DateFormat['parse']>();

/** Days are few: one that was read before is not read again. */
function dateParser(format: string): DateFormat['parse'] {
  let parser = parsers.get(format);
  if (parser !== undefined) return parser;
  const compiled = compileDateFormat(format);
  const known = new Map<string, string | null>();
  parser = (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const parsed = compiled.parse(text);
    if (known.size === MOST_DAYS) known.clear();
    if (parsed !== undefined) known.set(text, parsed);
    return parsed;
  };
  parsers.set(format, parser);
  return parser;
}

/** The birth dates of everybody alive, and the dates of some years with their times. */
const MOST_DAYS = 50_000;
