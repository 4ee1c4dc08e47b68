import fc from 'fast-check';
import { type JsonSchema, type Known, schemaArbitrary } from './schema-arbitrary.js';

/** An operation of the OpenAPI document, as far as requests are made from it. */
export interface Operation {
  parameters?: readonly {
    name: string;
    in: string;
    required?: boolean;
    schema: JsonSchema;
  }[];
  requestBody?: {
    required: boolean;
    content: Readonly<Record<string, { schema: JsonSchema }>>;
  };
}

type Pairs = readonly (readonly [name: string, value: string])[];

/** What is sent, but for who sends it. Printed as it is, it can be sent again. */
export interface TestRequest {
  /** What was spoilt; null: all is as documented. */
  spoilt: string | null;
  method: string;
  /** Percent-encoded, well or badly, with the query. */
  path: string;
  headers: Readonly<Record<string, string | string[]>>;
  body: string | null;
}

/** A request before it is written out. */
interface Draft {
  /** Percent-encoded. */
  steps: Readonly<Record<string, string>>;
  /** Percent-encoded. */
  query: Pairs;
  headers: Readonly<Record<string, string | string[]>>;
  /** Undefined: there is none. */
  body: unknown;
  /** Sent instead of `body`. */
  raw?: string;
}

/** Requests of one operation: half of them as documented, half spoilt in one place. */
export function requestArbitrary(
  method: string,
  path: string,
  operation: Operation,
  known: Known,
): fc.Arbitrary<TestRequest> {
  const write = (draft: Draft, spoilt: string | null): TestRequest => {
    const query = draft.query.map(([name, value]) => `${name}=${value}`).join('&');
    const body = draft.raw ?? (draft.body === undefined ? null : JSON.stringify(draft.body));
    return {
      ...{ spoilt, method, body },
      path:
        path.replace(/\{(\w+)\}/g, (_all, name: string) => draft.steps[name] ?? '') +
        (query === '' ? '' : `?${query}`),
      headers: {
        ...(body === null ? {} : { 'content-type': 'application/json' }),
        ...draft.headers,
      },
    };
  };
  const drafts = draftArbitrary(operation, known);
  return fc.oneof(
    drafts.map((draft) => write(draft, null)),
    fc
      .tuple(drafts, fc.constantFrom(...Object.entries(SPOILERS)), fc.nat())
      .map(([draft, [name, spoil], dice]) => write(spoil(draft, dice), name)),
  );
}

function draftArbitrary(operation: Operation, known: Known): fc.Arbitrary<Draft> {
  const { parameters = [], requestBody } = operation;
  const of = (place: string): fc.Arbitrary<Record<string, unknown>> => {
    const those = parameters.filter((parameter) => parameter.in === place);
    const named = those.map(({ name, schema }) => [name, schemaArbitrary(schema, known, name)]);
    return fc.record(Object.fromEntries(named) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: those.filter(({ required }) => required === true).map(({ name }) => name),
      noNullPrototype: true,
    });
  };
  const schema = requestBody?.content['application/json']?.schema;
  const body = schema === undefined ? fc.constant(undefined) : schemaArbitrary(schema, known);
  const isOptional = requestBody?.required !== true;
  return fc
    .record({
      ...{ steps: of('path'), query: of('query'), headers: of('header') },
      body: isOptional ? fc.oneof(fc.constant(undefined), body) : body,
    })
    .map((made) => ({
      steps: Object.fromEntries(pairsOf(made.steps)),
      query: pairsOf(made.query),
      headers: made.headers as Draft['headers'],
      body: made.body,
    }));
}

/** What is repeated is a list. */
function pairsOf(values: Readonly<Record<string, unknown>>): Pairs {
  return Object.entries(values).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, encode(String(one))] as const),
  );
}

/** Lone surrogates, too, which no URL can have: as the bytes that they would be. */
function encode(text: string): string {
  return /\p{Cs}/u.test(text) ? '%ED%A0%80' : encodeURIComponent(text);
}

const NASTY_TEXTS = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    'a\nb',
    '\r\nX-Evil: 1',
    '\x1b[2J',
    '\x7f',
    '\ud800',
    'a\udc00',
    '\uffff',
  ],
  ...['\u202egnp', 'e\u0301', '😀'.repeat(100), 'x'.repeat(300), 'x'.repeat(5_000), '..', '../..'],
  ...[
    "' OR 1=1--",
    '%',
    '_',
    '\\',
    '<script>',
    '{{7*7}}',
    '-1',
    '0',
    '01',
    '9'.repeat(30),
    '1e308',
  ],
  ...[
    'NaN',
    'null',
    'true',
    '__proto__',
    'constructor',
    'student:',
    ':',
    'student:\0',
    'initial:x',
  ],
  ...['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2147483648', '9223372036854775808', '١٢'],
] as const;
const NASTY_VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 2 ** 53, 1e308, -0, [], {}, [[]], [null], { a: 1 }, { length: 1 }],
  ...NASTY_TEXTS,
  ...[['student:1'], ['x', 'x'], Array.from({ length: 2_000 }, () => 'x')],
];
const BAD_CODES = [
  '%',
  '%0',
  '%zz',
  '%00',
  '%C0%80',
  '%ED%A0%80',
  '%FF',
  '%2F..%2F',
  '%250A',
  '%u0041',
];
const RAW_BODIES = [
  ...['', ' ', '{', '{"reason":', 'null', 'true', '1', '""', '[]', '[{}]', '\0', '{"a":1}{"b":2}'],
  ...['{"__proto__":{"x":1}}', '{"constructor":{"prototype":{}}}', '{"reason":"\\ud800"}'],
  ...['{"reason":"\\u0000"}', '{"reason":1e999}', '{"reason":"a","reason":["b"]}', '\ufeff{}'],
  ...[
    `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
    `${'{"a":'.repeat(8_000)}1${'}'.repeat(8_000)}`,
  ],
  ...[`{"reason":"${'x'.repeat(70_000)}"}`],
];
const TYPES = [
  ...['text/plain', 'application/xml', 'multipart/form-data', 'application/x-www-form-urlencoded'],
  ...['application/json; charset=latin1', 'application/jsonx', 'x', '', ';', 'application/'],
];
const KEYS = [
  '',
  ' ',
  'a b',
  'é',
  'x'.repeat(201),
  'x'.repeat(2_000),
  ['a', 'b'],
  'a\tb',
  'x',
  "'--",
];

type Spoil = (draft: Draft, dice: number) => Draft;
const SPOILERS: Readonly<Record<string, Spoil>> = {
  'a step of the path': (draft, dice) => {
    const [name] = Object.keys(draft.steps);
    // An empty step is another address.
    const value = encode(pick(NASTY_TEXTS, dice)) || '%20';
    return name === undefined ? draft : { ...draft, steps: { ...draft.steps, [name]: value } };
  },
  'the coding of a step': (draft, dice) => {
    const [name] = Object.keys(draft.steps);
    const value = `a${pick(BAD_CODES, dice)}`;
    return name === undefined ? draft : { ...draft, steps: { ...draft.steps, [name]: value } };
  },
  'a parameter': (draft, dice) => {
    const name = pick([...draft.query.map(([known]) => known), ...PARAMETERS], dice);
    const value = encode(pick(NASTY_TEXTS, Math.floor(dice / 7)));
    return { ...draft, query: [...draft.query.filter(([other]) => other !== name), [name, value]] };
  },
  'the coding of a parameter': (draft, dice) => ({
    ...draft,
    query: [...draft.query, [pick(PARAMETERS, dice), pick(BAD_CODES, Math.floor(dice / 7))]],
  }),
  'a parameter given twice': (draft, dice) => {
    const pair = pick([...draft.query, ...PARAMETERS.map((name) => [name, '1'] as const)], dice);
    return { ...draft, query: [...draft.query, pair, pair] };
  },
  'an unknown parameter': (draft, dice) => ({
    ...draft,
    query: [...draft.query, [pick(['admin', '__proto__', 'limit[]', 'limit[a]', ''], dice), '1']],
  }),
  'a field of the body': (draft, dice) => {
    const fields = asFields(draft.body);
    const name = pick([...Object.keys(fields), 'reason'], dice);
    return { ...draft, body: { ...fields, [name]: pick(NASTY_VALUES, Math.floor(dice / 7)) } };
  },
  'a field that is missing': (draft, dice) => {
    const entries = Object.entries(asFields(draft.body));
    const missing = dice % Math.max(1, entries.length);
    return { ...draft, body: Object.fromEntries(entries.filter((_, place) => place !== missing)) };
  },
  'a field too many': (draft, dice) => ({
    ...draft,
    body: { ...asFields(draft.body), [pick(['admin', 'id', 'userId', 'state', ''], dice)]: dice },
  }),
  'the whole body': (draft, dice) => ({ ...draft, raw: pick(RAW_BODIES, dice) }),
  'the type of the body': (draft, dice) => ({
    ...draft,
    ...{ raw: JSON.stringify(draft.body) ?? '{}' },
    headers: { ...draft.headers, 'content-type': pick(TYPES, dice) },
  }),
  'a header': (draft, dice) => ({
    ...draft,
    headers: {
      ...draft.headers,
      [pick(['idempotency-key', 'last-event-id', 'accept', 'x-csrf-token'], dice)]: pick(
        KEYS,
        Math.floor(dice / 7),
      ),
    },
  }),
};

const PARAMETERS = [
  'limit',
  'cursor',
  'search',
  'site',
  'state',
  'since',
  'user',
  'after',
  'format',
];

function pick<Item>(items: readonly Item[], dice: number): Item {
  return items[dice % items.length] as Item;
}

function asFields(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : {};
}
