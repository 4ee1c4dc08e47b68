import type { FieldDetail, FieldMapping, ReadingContract } from '../contract/schema.js';
import { type Filter, keepPath, markList, newFilter, splitPath } from './filter.js';

/** What a reading's contract asks for, as a filter from the response element on. */
export function readingFilter(reading: ReadingContract): Filter {
  const root = newFilter();
  if (reading.count !== undefined) keepPath(root, reading.count);
  const record = keepPath(root, recordsPath(reading));
  record.isRecords = true;
  if (reading.where) keepPath(record, reading.where.path);
  for (const path of fieldPaths(reading.fields)) keepPath(record, path);
  for (const list of Object.values(reading.lists ?? {})) {
    if (list === undefined) continue;
    const element = keepPath(record, list.path);
    markList(element);
    if (list.where) keepPath(element, list.where.path);
    for (const path of fieldPaths(list.fields)) keepPath(element, path);
  }
  return root;
}

/** The path of the list of records; `.` is the response element itself. */
export function recordsPath({ records }: ReadingContract): string {
  return typeof records === 'string' ? records : records.path;
}

/** A filter that keeps just these paths. */
export function pathsFilter(paths: readonly string[]): Filter {
  const root = newFilter();
  for (const path of paths) keepPath(root, path);
  return root;
}

/** What a field's mapping says beyond its paths. */
export function detailOf(mapping: FieldMapping): FieldDetail {
  return typeof mapping === 'string' || Array.isArray(mapping) ? {} : mapping;
}

/** The paths a field may be read from, in order. */
export function pathsOf(mapping: ReadingContract['fields'][string]): string[] {
  if (mapping === undefined) return [];
  if (typeof mapping === 'string') return [mapping];
  if (Array.isArray(mapping)) return mapping;
  if (mapping.path === undefined) return [];
  return Array.isArray(mapping.path) ? mapping.path : [mapping.path];
}

/** First names of the paths inside an element: what tells one element from a list of them. */
export function firstNames(
  fields: ReadingContract['fields'],
  otherPaths: readonly string[],
): Set<string> {
  const paths = [...fieldPaths(fields), ...otherPaths];
  return new Set(paths.flatMap((path) => splitPath(path).slice(0, 1)));
}

/** Is an element of the list a plain value? */
export function readsPlainValue(fields: ReadingContract['fields']): boolean {
  return fieldPaths(fields).some((path) => path.split('.').includes('@value'));
}

function fieldPaths(fields: ReadingContract['fields']): string[] {
  return Object.values(fields).flatMap(pathsOf);
}
