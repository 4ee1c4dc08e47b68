import type { PartRequest, ReadRecord } from '@passerelle/sync';
import type { Caller } from './caller.js';
import type { ReadingContract } from './contract/schema.js';
import { fillParameters } from './contract/template.js';
import type { Decoder } from './decode/decoder.js';
import { shapeFilter } from './decode/filter.js';
import { createRecordMapper, type NeverFound } from './decode/map-record.js';
import { readingFilter, recordsPath } from './decode/reading-filter.js';
import type { Value } from './decode/tree.js';
import { scopeValues } from './read-part.js';

/** What stands at one path of an answer, without any value. */
export interface SeenPath {
  /** From the response element on; `*` stands for the elements of a list. */
  path: string;
  /** `text`, `number`, `date JJ/MM/AAAA`, `0 or 1`, `empty`, `null`, `list of 3` … */
  looksLike: string[];
  times: number;
}

/** One call's answer, for whoever writes the contract. */
export interface SourceSample {
  records: number;
  /** The first records, as the contract maps them. */
  first: ReadRecord[];
  /** Everything in the answer that a contract could map. */
  paths: SeenPath[];
  /** What the contract maps and no record has. */
  unseen: NeverFound[];
}

/** An answer's structure repeats itself: these are enough to know it. */
const SHAPED_RECORDS = 500;
const MAX_PATHS = 2_000;

/** @throws SourceError as reading does, but not where only the contract's paths are wrong */
export async function readSample(
  caller: Caller,
  contract: ReadingContract,
  request: PartRequest,
  today: string,
  limit: number,
  signal: AbortSignal,
): Promise<SourceSample> {
  const mapper = createRecordMapper(request.reading, contract);
  const first: ReadRecord[] = [];
  let ordinal = 0;
  const onRecord = (value: Value, key: string) => {
    ordinal++;
    if (!mapper.takes(value)) return;
    const mapped = mapper.map(value, key);
    if (first.length < limit) first.push({ ...mapped, ordinal });
  };
  const page = contract.page
    ? { 'page.offset': '0', 'page.limit': String(contract.page.limit) }
    : {};
  let shape: ReturnType<typeof createShapeReader> | undefined;
  const answer = await caller.call({
    operation: contract.operation,
    parameters: fillParameters(contract.parameters ?? {}, {
      ...scopeValues(request, today),
      ...page,
    }),
    decoder: () => {
      shape = createShapeReader(caller, contract);
      return tee(caller.newDecoder(readingFilter(contract), onRecord), shape);
    },
    signal,
  });
  if (answer.fault !== null) throw caller.faultError(contract.operation, answer.fault);
  return {
    records: answer.records,
    first,
    paths: shape?.paths() ?? [],
    unseen: answer.records === 0 ? [] : mapper.unseenPaths(),
  };
}

interface ShapeReader {
  write(text: string): void;
  end(): void;
  paths(): SeenPath[];
}

/** Reads an answer once more for its structure alone. */
function createShapeReader(caller: Caller, contract: ReadingContract): ShapeReader {
  const seen = new Map<string, SeenPath>();
  const records = recordsPath(contract);
  let count = 0;
  const decoder = caller.newDecoder(shapeFilter(readingFilter(contract)), (value) => {
    if (++count <= SHAPED_RECORDS) collect(value, records === '.' ? '*' : `${records}.*`, seen);
  });
  return {
    write: (text) => decoder.write(text),
    end: () => collect(decoder.end().values, '', seen),
    paths: () => mergeElements(seen).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function tee(main: Decoder, shape: ShapeReader): Decoder {
  return {
    write(text) {
      main.write(text);
      shape.write(text);
    },
    end() {
      shape.end();
      return main.end();
    },
  };
}

function collect(value: Value, path: string, seen: Map<string, SeenPath>): void {
  if (path !== '') note(value, path, seen);
  if (value === null || typeof value === 'string') return;
  value.values.forEach((child, index) => {
    const name = value.names[index] ?? '';
    const step = value.isArray || isElementName(name, value.names) ? '*' : name;
    collect(child, path === '' ? step : `${path}.${step}`, seen);
  });
}

/** Keys that are ids, and names that repeat, are elements of a list. */
function isElementName(name: string, names: readonly string[]): boolean {
  return /^\d/.test(name) || names.indexOf(name) !== names.lastIndexOf(name);
}

/** What stands under `*` in one record and, as the only element, under its name in another is the same. */
function mergeElements(seen: ReadonlyMap<string, SeenPath>): SeenPath[] {
  const merged = new Map<string, SeenPath>();
  for (const { path, looksLike, times } of seen.values()) {
    const names = path.split('.');
    for (let end = names.length; end > 1; end--) {
      const asElement = [...names.slice(0, end - 1), '*'].join('.');
      const isStructure = seen.get(names.slice(0, end).join('.'))?.looksLike.includes('structure');
      if (isStructure && seen.has(asElement)) names[end - 1] = '*';
    }
    const key = names.join('.');
    const entry = merged.get(key) ?? { path: key, looksLike: [], times: 0 };
    entry.times += times;
    entry.looksLike = [...new Set([...entry.looksLike, ...looksLike])];
    merged.set(key, entry);
  }
  return [...merged.values()];
}

function note(value: Value, path: string, seen: Map<string, SeenPath>): void {
  let entry = seen.get(path);
  if (entry === undefined) {
    if (seen.size >= MAX_PATHS) return;
    entry = { path, looksLike: [], times: 0 };
    seen.set(path, entry);
  }
  entry.times++;
  const kind =
    value === null
      ? 'null'
      : typeof value === 'string'
        ? value
        : value.isArray
          ? 'list'
          : 'structure';
  if (!entry.looksLike.includes(kind)) entry.looksLike.push(kind);
}
