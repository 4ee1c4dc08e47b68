import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { createCentre } from '../centre.js';
import { renderAnswer } from '../server/answers.js';
import { createQueries, type ListOperation } from '../server/query.js';
import { createRecordMaker } from './records.js';
import { entryType, OPERATIONS, RECORD_TYPES } from './schema.js';
import type { Style } from './style.js';
import { isList, type WireValue } from './value.js';
import { renderWsdl } from './wsdl.js';

interface Node {
  name: string;
  attributes: Record<string, string>;
  children: Node[];
  text: string;
}

/** What both styles must come down to: texts, nulls, records, lists. */
type Plain = string | null | { [field: string]: Plain } | Plain[];

const centre = createCentre({ today: '2026-11-22', learners: 120, day: 2 });
const query = createQueries(centre, createRecordMaker(centre));
const LISTS = Object.keys(OPERATIONS).filter(
  (name): name is ListOperation => 'list' in OPERATIONS[name as keyof typeof OPERATIONS].answer,
);

function parse(xml: string): Node {
  const root: Node = { name: '', attributes: {}, children: [], text: '' };
  const path = [root];
  const parser = new SaxesParser();
  parser.on('opentag', ({ name, attributes }) => {
    const node: Node = { name, attributes, children: [], text: '' };
    path.at(-1)?.children.push(node);
    path.push(node);
  });
  parser.on('text', (text) => {
    const node = path.at(-1);
    if (node !== undefined) {
      node.text += text;
    }
  });
  parser.on('closetag', () => {
    path.pop();
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  return root;
}

function answer(style: Style, operation: ListOperation, parameters = {}): Node {
  const pieces = [...renderAnswer(style, operation, query(operation, parameters))];
  let node = parse(Buffer.concat(pieces).toString('utf8'));
  for (const name of ['SOAP-ENV:Envelope', 'SOAP-ENV:Body', `ns1:${operation}Response`, 'return']) {
    const [child] = node.children;
    expect(child?.name).toBe(name);
    node = child ?? node;
  }
  return node;
}

const isNil = ({ attributes }: Node): boolean => attributes['xsi:nil'] === 'true';

function readLiteral(node: Node, type: string): Plain {
  return Object.fromEntries(
    node.children.map((child) => {
      const field = RECORD_TYPES[type]?.[child.name];
      if (isNil(child)) {
        return [child.name, null];
      }
      if (typeof field !== 'object') {
        return [child.name, child.text];
      }
      return [
        child.name,
        'list' in field
          ? child.children.map((entry) => readLiteral(entry, entry.name))
          : readLiteral(child, field.record),
      ];
    }),
  );
}

function readEncoded(node: Node, references: Map<string, Plain>): Plain {
  const { attributes } = node;
  if (attributes['href'] !== undefined) {
    return references.get(attributes['href'].slice(1)) ?? 'no such object';
  }
  if (isNil(node)) {
    return null;
  }
  switch (attributes['xsi:type']) {
    case 'ns2:Map':
      return readMap(node, references);
    case 'SOAP-ENC:Array': {
      const declared = /\[(\d+)\]$/.exec(attributes['SOAP-ENC:arrayType'] ?? '')?.[1];
      expect(Number(declared)).toBe(node.children.length);
      return node.children.map((item) => readEncoded(item, references));
    }
    case 'SOAP-ENC:Struct': {
      const struct = Object.fromEntries(
        node.children.map((child) => [child.name, readEncoded(child, references)]),
      );
      references.set(attributes['id'] ?? '', struct);
      return struct;
    }
    default:
      return node.text;
  }
}

function readMap(node: Node, references: Map<string, Plain>): Plain {
  const entries = node.children.map(({ children: [key, value] }) => {
    if (key === undefined || value === undefined) {
      throw new Error('A Map item without a key or a value.');
    }
    return { numeric: key.attributes['xsi:type'] === 'xsd:int', key: key.text, value };
  });
  return entries.length > 0 && entries.every(({ numeric }) => numeric)
    ? entries.map(({ value }) => readEncoded(value, references))
    : Object.fromEntries(entries.map(({ key, value }) => [key, readEncoded(value, references)]));
}

/** One-element lists that came as the element itself become lists again. */
function relist(value: Plain, type: string): Plain {
  if (Array.isArray(value)) {
    return value.map((entry) => relist(entry, type));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => {
      const entry = entryType(RECORD_TYPES[type]?.[name]);
      return [name, entry !== '' && !Array.isArray(field) ? [relist(field, entry)] : field];
    }),
  );
}

function plain(value: WireValue): Plain {
  if (value === null || typeof value !== 'object') {
    return value === null ? null : String(value);
  }
  return isList(value)
    ? value.map(plain)
    : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}

describe.each(LISTS)('%s', (operation) => {
  const { answer: shape } = OPERATIONS[operation];
  const type = 'list' in shape ? shape.list : '';
  const records = [...query(operation, {}).records].map(plain);

  it('says in both styles what the centre knows', () => {
    expect(records.length).toBeGreaterThan(0);
    expect(answer('literal', operation).children.map((node) => readLiteral(node, type))).toEqual(
      records,
    );
    const encoded = readEncoded(answer('encoded', operation), new Map());
    expect(relist(encoded, type)).toEqual(records);
  });
});

describe('rpc/encoded', () => {
  const text = (operation: ListOperation, parameters = {}): string =>
    Buffer.concat([...renderAnswer('encoded', operation, query(operation, parameters))]).toString(
      'utf8',
    );

  it('sends an empty list as an Array of length 0, also where a Map is usual', () => {
    const none = { codesSite: '999' };
    expect(text('getGroupesFc')).toContain('<return xsi:type="ns2:Map">');
    expect(text('getGroupesFc', none)).toContain('SOAP-ENC:arrayType="xsd:anyType[0]"');
  });

  it('sends an object once and points to it after that', () => {
    const xml = text('getApprenants');
    expect(xml.match(/id="ref1"/g)).toHaveLength(1);
    expect(xml.match(/href="#ref1"/g)?.length).toBeGreaterThan(1);
  });

  it('sends some one-element lists as the element, others as Arrays', () => {
    const xml = text('getApprenants');
    const key = '<key xsi:type="xsd:string">inscriptions</key>';
    expect(xml).toContain(`${key}<value xsi:type="ns2:Map">`);
    expect(xml).toContain(`${key}<value SOAP-ENC:arrayType="ns2:Map[1]"`);
  });
});

describe('getApprenants', () => {
  const codesOf = (parameters: Record<string, string>): Set<unknown> =>
    new Set([...query('getApprenants', parameters).records].map((one) => one['codeApprenant']));

  it('splits by site and by group without losing or doubling anyone within a part', () => {
    const all = codesOf({ codesPeriode: '2026' });
    const bySite = centre.sites.map(({ code }) =>
      codesOf({ codesPeriode: '2026', codesSite: String(code) }),
    );
    const byGroup = centre.groups.map(({ code }) =>
      codesOf({ codesPeriode: '2026', codesGroupe: String(code) }),
    );
    expect(new Set(bySite.flatMap((codes) => [...codes]))).toEqual(all);
    expect(new Set(byGroup.flatMap((codes) => [...codes]))).toEqual(all);
    expect(query('getApprenants', { codesPeriode: '2026' }).count).toBe(all.size);
  });

  it('gives for a group those enrolled in it, and nobody else', () => {
    for (const { code } of centre.groups) {
      const members = [...centre.learners].filter(
        ({ present, enrolments }) =>
          present && enrolments.some(({ groupCode }) => groupCode === code),
      );
      expect(codesOf({ codesGroupe: String(code) })).toEqual(
        new Set(members.map((member) => member.code)),
      );
    }
  });

  it('takes several codes, separated by commas', () => {
    const [one, other] = [codesOf({ codesGroupe: '10000' }), codesOf({ codesGroupe: '10001' })];
    expect(codesOf({ codesGroupe: '10000, 10001' })).toEqual(new Set([...one, ...other]));
  });
});

describe.each(['literal', 'encoded'] as const)('the WSDL (%s)', (style) => {
  it('is well-formed and names every operation and the address', () => {
    const xml = renderWsdl(style, 'http://127.0.0.1:1/ws?a&b');
    const [definitions] = parse(xml).children;
    expect(definitions?.name).toBe('definitions');
    for (const operation of Object.keys(OPERATIONS)) {
      expect(xml).toContain(`<operation name="${operation}">`);
    }
    expect(xml).toContain('location="http://127.0.0.1:1/ws?a&amp;b"');
  });
});
