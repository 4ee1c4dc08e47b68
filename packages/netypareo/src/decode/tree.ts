import { intern } from './intern.js';

/**
 * What remains of an answer after its wire shape is gone: texts, nulls and
 * structures. Only what the contract maps is in it.
 */
export type Value = string | null | Struct;

/** An element with children, a PHP Map, or (`isArray`) a SOAP-ENC Array. Names may repeat. */
export interface Struct {
  isArray: boolean;
  names: string[];
  values: Value[];
  /** Held plain values that no path asks for: so it is one record, and no list of records. */
  hasOtherScalars: boolean;
  /** Held anything at all, asked for or not. */
  hasContent: boolean;
  /** May a name be there more than once? If not, certainly none is. */
  mayRepeat: boolean;
  /** Bits of the names there are (filter.ts). */
  bits: number;
}

/** An element of a list with the name or key it stood under. */
export interface ListItem {
  key: string;
  value: Value;
}

/** There is nothing at this path. */
export const ABSENT = Symbol('absent');
/** There is something, but not of a kind the path can mean. */
export const MISSHAPEN = Symbol('misshapen');

export function newStruct(isArray: boolean): Struct {
  return {
    isArray,
    names: [],
    values: [],
    hasOtherScalars: false,
    hasContent: false,
    mayRepeat: false,
    bits: 0,
  };
}

/** Nothing, an empty text, or a structure with nothing in it. */
export function isEmpty(value: Value): boolean {
  if (value === null) return true;
  return typeof value === 'string' ? value.trim() === '' : !value.hasContent;
}

/**
 * The one value at a path. A step goes through a list of one element, and
 * through any list by its index; null and '' have no children, but are there.
 */
export function lookUp(
  value: Value,
  path: readonly string[],
  from = 0,
): Value | typeof ABSENT | typeof MISSHAPEN {
  if (from === path.length) return value;
  if (typeof value !== 'object') return value.trim() === '' ? null : ABSENT;
  if (value === null) return null;
  const name = path[from] as string;
  if (value.isArray) {
    if (value.values.length === 0) return null;
    if (/^\d+$/.test(name)) {
      const item = value.values[Number(name)];
      return item === undefined ? ABSENT : lookUp(item, path, from + 1);
    }
    return value.values.length > 1 ? MISSHAPEN : lookUp(value.values[0] as Value, path, from);
  }
  const index = value.names.indexOf(name);
  if (index === -1) return ABSENT;
  if (value.names.indexOf(name, index + 1) !== -1) return MISSHAPEN;
  return lookUp(value.values[index] as Value, path, from + 1);
}

/** A path that is looked up in many structures of the same kind. */
export interface Route {
  readonly names: readonly string[];
  /** For each name, where it stood the last time. */
  readonly places: number[];
}

export function newRoute(names: readonly string[]): Route {
  return { names: names.map(intern), places: names.map(() => 0) };
}

/** As {@link lookUp}, which it leaves all to that is not plain. */
export function follow(route: Route, value: Value): ReturnType<typeof lookUp> {
  const { names, places } = route;
  let at = value;
  for (let step = 0; step < names.length; step++) {
    if (at === null || typeof at === 'string' || at.isArray || at.mayRepeat) {
      return lookUp(at, names, step);
    }
    const name = names[step] as string;
    let place = places[step] as number;
    if (at.names[place] !== name) {
      place = at.names.indexOf(name);
      if (place === -1) return ABSENT;
      places[step] = place;
    }
    at = at.values[place] as Value;
  }
  return at;
}

/** Every value at a path: the last name may repeat. */
export function lookUpAll(value: Value, path: readonly string[]): Value[] | typeof ABSENT {
  const parent = lookUp(value, path.slice(0, -1));
  if (parent === ABSENT || parent === MISSHAPEN) return ABSENT;
  if (parent === null || typeof parent === 'string') return [];
  const name = path[path.length - 1] as string;
  const found = parent.values.filter((_, index) => parent.names[index] === name);
  if (found.length > 0) return found;
  const one = lookUp(parent, [name]);
  return one === ABSENT || one === MISSHAPEN ? ABSENT : [one];
}

/**
 * The elements of a list, whatever its shape on the wire: those of an Array, the
 * values of a Map or the children of an element; a structure that is itself an
 * element (it holds a plain value, or a name that a path begins with) is a list
 * of one; nothing is an empty list.
 *
 * @param knownNames first names of the paths inside an element
 * @param takesScalars elements are plain values (a path `@value`)
 */
export function asList(
  value: Value,
  knownNames: ReadonlySet<string>,
  takesScalars: boolean,
): ListItem[] {
  if (isEmpty(value) || value === null) return [];
  if (typeof value === 'string') return [{ key: '', value }];
  const isOne =
    !value.isArray &&
    !takesScalars &&
    (value.hasOtherScalars || value.names.some((name) => knownNames.has(name)));
  if (isOne) return [{ key: '', value }];
  return value.values.map((item, index) => ({ key: value.names[index] ?? '', value: item }));
}
