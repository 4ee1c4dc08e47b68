import type { Attribute } from './xml/start-tag.js';

const XML_SOAP = 'http://xml.apache.org/xml-soap';

/** What an element's attributes say about the shape of its content. */
export interface WireShape {
  isMap: boolean;
  isArray: boolean;
  isNil: boolean;
  /** The length an Array declares. */
  declared: number | null;
  id: string | null;
  /** The id of the element that holds the content. */
  href: string | null;
}

export const PLAIN: Readonly<WireShape> = {
  isMap: false,
  isArray: false,
  isNil: false,
  declared: null,
  id: null,
  href: null,
};

/** Namespace prefixes seen so far; an answer declares them once, on its envelope. */
export interface Prefixes {
  get(prefix: string): string | undefined;
  /** Grows when a prefix gets another meaning. */
  version(): number;
  /** Takes up what is declared among these attributes. */
  declare(attributes: readonly Attribute[]): void;
}

export function createPrefixes(): Prefixes {
  const namespaces = new Map<string, string>();
  let version = 0;
  return {
    get: (prefix) => namespaces.get(prefix),
    version: () => version,
    declare(attributes) {
      for (const { name, value } of attributes) {
        if (!name.startsWith(DECLARES) || namespaces.get(name.slice(DECLARES.length)) === value)
          continue;
        namespaces.set(name.slice(DECLARES.length), value);
        version++;
      }
    },
  };
}

const DECLARES = 'xmlns:';

/**
 * Reads `xsi:type`, `xsi:nil`, `SOAP-ENC:arrayType`, `id` and `href` (and their SOAP 1.2
 * sisters), as PHP's SoapServer writes them (facts/netypareo.md, "The SOAP service").
 */
export function readWireShape(
  attributes: readonly Attribute[],
  prefixes: Prefixes,
): Readonly<WireShape> {
  let shape: WireShape | undefined;
  for (const { name, value } of attributes) {
    if (name.startsWith(DECLARES)) continue;
    const colon = name.indexOf(':');
    shape ??= { ...PLAIN };
    applyAttribute(shape, name.slice(colon + 1), value, colon > 0, prefixes);
  }
  return shape ?? PLAIN;
}

function applyAttribute(
  shape: WireShape,
  local: string,
  value: string,
  isPrefixed: boolean,
  prefixes: Prefixes,
): void {
  if (local === 'id') shape.id = value;
  else if (local === 'href' && value.startsWith('#')) shape.href = value.slice(1);
  else if (!isPrefixed) return;
  else if (local === 'type') applyType(shape, value, prefixes);
  else if (local === 'nil') shape.isNil = value === 'true' || value === '1';
  else if (local === 'arrayType') applyArray(shape, /\[(\d+)\]$/.exec(value)?.[1]);
  else if (local === 'arraySize') applyArray(shape, /^(\d+)$/.exec(value)?.[1]);
  else if (local === 'itemType') applyArray(shape, undefined);
  else if (local === 'ref') shape.href = value.replace(/^#/, '');
}

function applyType(shape: WireShape, type: string, prefixes: Prefixes): void {
  const colon = type.indexOf(':');
  const local = type.slice(colon + 1);
  if (local === 'Array') shape.isArray = true;
  if (local === 'Map') shape.isMap = prefixes.get(type.slice(0, colon)) === XML_SOAP;
}

function applyArray(shape: WireShape, length: string | undefined): void {
  shape.isArray = true;
  if (length !== undefined) shape.declared = Number(length);
}
