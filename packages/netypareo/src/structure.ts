import type { DecodedAnswer } from './decode/assembler.js';
import type { Decoder } from './decode/decoder.js';
import { type Filter, shapeFilter } from './decode/filter.js';
import { shapeOf } from './decode/shape-of.js';
import type { Struct, Value } from './decode/tree.js';

/** What stands at one path of an answer, without any value. */
export interface SeenPath {
  /** From the response element on; `*` stands for the elements of a list, `@key` for their keys. */
  path: string;
  /** `text`, `number`, `date JJ/MM/AAAA`, `0 or 1`, `empty`, `null`, `list`, `structure`. */
  looksLike: string[];
  times: number;
}

/** Watches an answer go by for its structure alone. */
export interface StructureReader {
  /** The decoder that goes on working beside it. */
  beside(decoder: Decoder): Decoder;
  paths(): SeenPath[];
}

/** An answer's structure repeats itself: these are enough to know it. */
const SHAPED_RECORDS = 500;
const MAX_PATHS = 2_000;

/**
 * @param newDecoder makes a decoder within the limits
 * @param filter says where the records are, if there are any
 * @param recordsPath the same as a path
 */
export function createStructureReader(
  newDecoder: (filter: Filter, onRecord: (value: Value, key: string) => void) => Decoder,
  filter: Filter,
  recordsPath = '',
): StructureReader {
  const seen = createSeenPaths();
  const recordPath = recordsPath === '.' ? '*' : `${recordsPath}.*`;
  const keys = new Set<string>();
  let count = 0;
  const own = newDecoder(shapeFilter(filter), (value, key) => {
    if (++count > SHAPED_RECORDS) return;
    seen.collect(value, recordPath);
    seen.note(`${recordPath}.@key`, shapeOf(key));
    keys.add(key);
  });
  return {
    beside: (decoder) => ({
      write(text) {
        decoder.write(text);
        own.write(text);
      },
      end(): DecodedAnswer {
        seen.collect(own.end().values, '');
        return decoder.end();
      },
    }),
    paths: () =>
      seen.all().filter(({ path }) => path !== `${recordPath}.@key` || tellApart([...keys])),
  };
}

/** Are these keys of their records, rather than the one name that all elements have? */
function tellApart(keys: readonly string[]): boolean {
  return keys.length > 1 || keys.some((key) => ID.test(key));
}

const ID = /^\d/;

interface SeenPaths {
  collect(value: Value, path: string): void;
  note(path: string, kind: string): void;
  all(): SeenPath[];
}

function createSeenPaths(): SeenPaths {
  const seen = new Map<string, SeenPath>();
  /** Paths at which a record stood by itself, and how often. */
  const single = new Map<string, number>();

  function note(path: string, kind: string): void {
    let entry = seen.get(path);
    if (entry === undefined) {
      if (seen.size >= MAX_PATHS) return;
      entry = { path, looksLike: [], times: 0 };
      seen.set(path, entry);
    }
    entry.times++;
    if (!entry.looksLike.includes(kind)) entry.looksLike.push(kind);
  }

  function collect(value: Value, path: string): void {
    if (path !== '') note(path, kindOf(value));
    if (value === null || typeof value === 'string') return;
    if (isRecord(value)) single.set(path, (single.get(path) ?? 0) + 1);
    value.values.forEach((child, index) => {
      const name = value.names[index] ?? '';
      const below = path === '' ? '' : `${path}.`;
      if (!isElement(name, value)) {
        collect(child, below + name);
        return;
      }
      collect(child, `${below}*`);
      if (ID.test(name) && !value.isArray) note(`${below}*.@key`, shapeOf(name));
    });
  }

  return {
    collect,
    note,
    all: () => mergeElements(seen, single).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function kindOf(value: Value): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return value;
  return value.isArray ? 'list' : 'structure';
}

/** Keys that are ids, and names that repeat, are elements of a list. */
function isElement(name: string, { isArray, names }: Struct): boolean {
  return isArray || ID.test(name) || names.indexOf(name) !== names.lastIndexOf(name);
}

/** A structure with a plain value of its own is a record, and no list of them. */
function isRecord(value: Struct): boolean {
  return (
    value.values.some((child) => typeof child === 'string') &&
    !value.names.some((name) => isElement(name, value))
  );
}

/**
 * An element of a list is the same wherever it stands: in a list, under its own
 * name as the only one, or by itself in the list's place.
 */
function mergeElements(
  seen: ReadonlyMap<string, SeenPath>,
  single: ReadonlyMap<string, number>,
): SeenPath[] {
  const merged = new Map<string, SeenPath>();
  for (const { path, looksLike, times } of seen.values()) {
    const key = asElementPath(path, seen, single);
    const entry = merged.get(key) ?? { path: key, looksLike: [], times: 0 };
    entry.times += times;
    entry.looksLike = [...new Set([...entry.looksLike, ...looksLike])];
    merged.set(key, entry);
  }
  for (const [path, times] of single) {
    const entry = merged.get(asElementPath(`${path}.*`, seen, single));
    if (entry !== undefined) entry.times += times;
  }
  return [...merged.values()];
}

function asElementPath(
  path: string,
  seen: ReadonlyMap<string, SeenPath>,
  single: ReadonlyMap<string, number>,
): string {
  const names = path.split('.');
  const steps = names.flatMap((name, index) => {
    const parent = names.slice(0, index).join('.');
    const element = parent === '' ? '*' : `${parent}.*`;
    if (index === 0 || name === '*' || !seen.has(element)) return [name];
    if (single.has(parent)) return ['*', name];
    const here = seen.get(names.slice(0, index + 1).join('.'));
    return here?.looksLike.includes('structure') ? ['*'] : [name];
  });
  return steps.join('.');
}
