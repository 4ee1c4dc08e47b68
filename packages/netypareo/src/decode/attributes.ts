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

/**
 * Reads `xsi:type`, `xsi:nil`, `SOAP-ENC:arrayType`, `id` and `href` (and their SOAP 1.2
 * sisters), as PHP's SoapServer writes them (facts/netypareo.md, "The SOAP service").
 *
 * @param prefixes namespace prefixes seen so far; those declared here are added
 */
export function readWireShape(
  attributes: Readonly<Record<string, string>>,
  prefixes: Map<string, string>,
): Readonly<WireShape> {
  let shape: WireShape | undefined;
  for (const name in attributes) {
    const value = attributes[name] as string;
    const colon = name.indexOf(':');
    const prefix = colon === -1 ? '' : name.slice(0, colon);
    if (prefix === 'xmlns') {
      prefixes.set(name.slice(6), value);
      continue;
    }
    shape ??= { ...PLAIN };
    applyAttribute(shape, name.slice(colon + 1), value, prefix !== '', prefixes);
  }
  return shape ?? PLAIN;
}

function applyAttribute(
  shape: WireShape,
  local: string,
  value: string,
  isPrefixed: boolean,
  prefixes: Map<string, string>,
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

function applyType(shape: WireShape, type: string, prefixes: Map<string, string>): void {
  const colon = type.indexOf(':');
  const local = type.slice(colon + 1);
  if (local === 'Array') shape.isArray = true;
  if (local === 'Map') shape.isMap = prefixes.get(type.slice(0, colon)) === XML_SOAP;
}

function applyArray(shape: WireShape, length: string | undefined): void {
  shape.isArray = true;
  if (length !== undefined) shape.declared = Number(length);
}
