import type { FieldOrigin, ReadingMapping } from '@passerelle/sync';
import { detailOf, pathsOf } from '../decode/reading-filter.js';
import type { FieldMapping, ReadingContract } from './schema.js';

/** Where a reading's fields come from, in words of the contract; those of inner lists below the list's path. */
export function mappingOf({ operation, fields, lists = {} }: ReadingContract): ReadingMapping {
  const own = originsOf(fields, '', '');
  const inner = Object.entries(lists).flatMap(([name, list]) =>
    list === undefined ? [] : originsOf(list.fields, `${name}.`, `${list.path}.`),
  );
  return { operation, fields: Object.fromEntries([...own, ...inner]) };
}

function originsOf(
  fields: Readonly<Record<string, FieldMapping | undefined>>,
  prefix: string,
  path: string,
): [string, FieldOrigin][] {
  return Object.entries(fields).flatMap(([name, mapping]) => {
    if (mapping === undefined) return [];
    const paths = pathsOf(mapping).map((own) => `${path}${own}`);
    const { value } = detailOf(mapping);
    const origin = { paths, constant: value === undefined ? null : String(value) };
    return [[`${prefix}${name}`, origin] as [string, FieldOrigin]];
  });
}
