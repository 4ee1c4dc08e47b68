import fc from 'fast-check';

/** What the OpenAPI document uses of JSON Schema 2020-12 for what is sent. */
export interface JsonSchema {
  type?: string;
  enum?: readonly unknown[];
  anyOf?: readonly JsonSchema[];
  allOf?: readonly JsonSchema[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: JsonSchema;
  properties?: Readonly<Record<string, JsonSchema>>;
  required?: readonly string[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
}

/** Texts that mean something to the server, by the field they are for. */
export type Known = Readonly<Record<string, readonly string[]>>;

/**
 * Values that a schema accepts.
 *
 * @param known taken where they fit, more often than not
 * @param name of the field that the value is for
 * @throws Error where the schema uses something that this does not know
 */
export function schemaArbitrary(
  schema: JsonSchema,
  known: Known,
  name = '',
): fc.Arbitrary<unknown> {
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((choice) => schemaArbitrary(choice, known, name)));
  }
  const make = BY_TYPE[schema.type ?? ''];
  if (make === undefined) throw new Error(`Unknown schema: ${JSON.stringify(schema)}.`);
  return make(schema, known, name);
}

const LARGEST = 2 ** 31;
const MOST_ITEMS = 4;

type Make = (schema: JsonSchema, known: Known, name: string) => fc.Arbitrary<unknown>;
const BY_TYPE: Readonly<Record<string, Make>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -LARGEST, maximum = LARGEST }) =>
    fc.integer({ min: Math.max(minimum, -LARGEST), max: Math.min(maximum, LARGEST) }),
  number: ({ minimum = -LARGEST, maximum = LARGEST }) =>
    fc.double({ min: minimum, max: maximum, noNaN: true }),
  array: ({ items = {}, minItems = 0, maxItems = MOST_ITEMS }, known, name) =>
    fc.array(schemaArbitrary(items, known, name), {
      ...{ minLength: minItems, maxLength: Math.max(minItems, Math.min(maxItems, MOST_ITEMS)) },
    }),
  object: objects,
  string: texts,
};

function objects(schema: JsonSchema, known: Known): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  const named = Object.entries(properties).map(([name, of]) => [
    ...[name, schemaArbitrary(of, known, name)],
  ]);
  const fields = fc.record(Object.fromEntries(named) as Record<string, fc.Arbitrary<unknown>>, {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
  if (typeof additionalProperties !== 'object') return fields;
  const names = propertyNames === undefined ? fc.string() : schemaArbitrary(propertyNames, known);
  const others = fc.array(fc.tuple(names, schemaArbitrary(additionalProperties, known)), {
    maxLength: MOST_ITEMS,
  });
  return fc.tuple(others, fields).map(([more, own]) => ({ ...Object.fromEntries(more), ...own }));
}

const BY_FORMAT: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  'date-time': () =>
    fc
      .date({ min: new Date('0001-01-02'), max: new Date('9998-12-30'), noInvalidDate: true })
      .map((at) => at.toISOString()),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6(),
  email: () => fc.emailAddress(),
};

function texts(schema: JsonSchema, known: Known, name: string): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY, format = '' } = schema;
  const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => pattern ?? []);
  const tests = patterns.map((pattern) => new RegExp(pattern, 'u'));
  const fits = (said: string): boolean =>
    [...said].length >= minLength &&
    [...said].length <= maxLength &&
    tests.every((test) => test.test(said));
  // Which characters there may be is the one thing that all texts say: they are sifted.
  const shape = patterns.find((pattern) => !pattern.includes('\\p{'));
  const made =
    BY_FORMAT[format]?.() ??
    (shape === undefined
      ? fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 60) })
      : fc.stringMatching(new RegExp(shape)));
  const fitting = (known[name] ?? []).filter(fits);
  const sifted = made.filter(fits);
  return fitting.length === 0
    ? sifted
    : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...fitting) }, sifted);
}
