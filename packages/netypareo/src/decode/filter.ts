import { intern } from './intern.js';

/**
 * Which parts of an answer are kept. Everything else is passed over while
 * parsing and never becomes a value: quicker, and a social-security number that
 * no contract asks for is not even read.
 */
export interface Filter {
  /** A bit of its own among its parent's children; 0 where there are too many, or no parent. */
  bit: number;
  children: Map<string, Filter>;
  /**
   * At the end of a path to a list: what to keep of one element. Children with
   * names that no path knows may be such elements.
   */
  element: Filter | null;
  /** Elements of the list may be plain values. */
  takesScalars: boolean;
  /** Here the records are; this filter then describes one of them. */
  isRecords: boolean;
  /** Where set, names in it are kept at any depth, and structures are always entered. */
  anywhere: ReadonlySet<string> | undefined;
  /** Values are replaced by what they look like (`source sample` shows structure, not people). */
  asShape: boolean;
}

export function newFilter(): Filter {
  return {
    bit: 0,
    children: new Map(),
    element: null,
    takesScalars: false,
    isRecords: false,
    anywhere: undefined,
    asShape: false,
  };
}

/** The names in a path; `@key` and `@value` speak of the element itself and are none. */
export function splitPath(path: string): string[] {
  return path.split('.').filter((name) => name !== '' && name !== '@key' && name !== '@value');
}

/** Makes sure that a path is kept, and returns the filter at its end. */
export function keepPath(filter: Filter, path: string): Filter {
  let at = filter;
  for (const name of splitPath(path)) {
    let next = at.children.get(name);
    if (next === undefined) {
      next = newFilter();
      next.bit = at.children.size < 31 ? 1 << at.children.size : 0;
      at.children.set(intern(name), next);
    }
    at = next;
  }
  if (path.split('.').includes('@value')) at.takesScalars = true;
  return at;
}

/** Says that a list ends here; paths kept below it are those of its elements. */
export function markList(filter: Filter): void {
  filter.element ??= { ...newFilter(), children: filter.children };
}

/** A filter for what may be referred to from elsewhere: all names of the contract, at any depth. */
export function anywhereFilter(filter: Filter): Filter {
  const names = new Set<string>();
  const collect = (from: Filter) => {
    for (const [name, child] of from.children) {
      names.add(name);
      collect(child);
    }
  };
  collect(filter);
  return { ...newFilter(), anywhere: names, takesScalars: takesScalarsAnywhere(filter) };
}

const SHAPE: Filter = { ...newFilter(), asShape: true };

/**
 * A filter that keeps the structure of everything, and no value.
 * @param filter tells where the records are, and what a record begins with
 */
export function shapeFilter(filter: Filter): Filter {
  const children = [...filter.children].map(
    ([name, child]) => [name, filter.isRecords ? SHAPE : shapeFilter(child)] as const,
  );
  return { ...filter, children: new Map(children), asShape: true };
}

/** The filter for a child, null where it is to be passed over. */
export function childFilter(
  filter: Filter,
  name: string,
  isArray: boolean,
  index: number,
): Filter | null {
  if (filter.anywhere !== undefined) return filter;
  if (filter.asShape) return isArray ? filter : (filter.children.get(name) ?? SHAPE);
  if (isArray) return filter.children.get(String(index)) ?? filter.element ?? filter;
  return filter.children.get(name) ?? filter.element;
}

/** Is a plain value of this name kept, given that its structure is? */
export function keepsScalar(filter: Filter, name: string): boolean {
  return (
    filter.asShape ||
    filter.takesScalars ||
    filter.anywhere?.has(name) === true ||
    filter.children.has(name)
  );
}

function takesScalarsAnywhere(filter: Filter): boolean {
  return filter.takesScalars || [...filter.children.values()].some(takesScalarsAnywhere);
}
