import { describe, expect, it } from 'vitest';
import { createDecoder } from './decode/decoder.js';
import { keepPath, newFilter } from './decode/filter.js';
import { createStructureReader, type SeenPath } from './structure.js';
import { envelope } from './testing/soap-server.js';

/** The structure of an answer, each path with what it looks like and how often. */
function structureOf(content: string): Record<string, string> {
  const filter = newFilter();
  keepPath(filter, 'return').isRecords = true;
  const newDecoder: Parameters<typeof createStructureReader>[0] = (wanted, onRecord) =>
    createDecoder({
      filter: wanted,
      onRecord,
      limits: { maxXmlDepth: 64, maxTextChars: 10_000 },
    });
  const structure = createStructureReader(newDecoder, filter, 'return');
  const decoder = structure.beside(newDecoder(filter, () => {}));
  decoder.write(envelope(content));
  decoder.end();
  return Object.fromEntries(structure.paths().map(describePath));
}

function describePath({ path, looksLike, times }: SeenPath): [string, string] {
  return [path, `${looksLike.join(', ')} × ${times}`];
}

const map = (entries: Readonly<Record<string, string>>, name = 'value'): string =>
  `<${name} xmlns:m="http://xml.apache.org/xml-soap" xsi:type="m:Map">${Object.entries(entries)
    .map(([key, value]) => `<item><key>${key}</key>${value}</item>`)
    .join('')}</${name}>`;
const text = (value: string): string => `<value>${value}</value>`;

describe('the structure of an answer', () => {
  it('has every entry of a table of codes, the first too', () => {
    expect(structureOf(map({ AP: text('Apprenti'), CP: text('Contrat') }, 'return'))).toEqual({
      'return.*': 'structure × 1',
      'return.*.AP': 'text × 1',
      'return.*.CP': 'text × 1',
    });
  });

  it('tells the keys under which records stand', () => {
    const room = (name: string): string => map({ name: text(name) });
    expect(structureOf(map({ '12': room('a'), B2: room('b') }, 'return'))).toEqual({
      'return.*': 'structure × 2',
      'return.*.@key': 'number, text × 2',
      'return.*.name': 'text × 2',
    });
    expect(
      structureOf('<return><room><name>a</name></room><room><name>b</name></room></return>'),
    ).toEqual({ 'return.*': 'structure × 2', 'return.*.name': 'text × 2' });
  });

  it('tells the keys of lists inside records', () => {
    const paths = map({ '7': map({ level: text('1') }) });
    expect(structureOf(map({ '12': map({ name: text('a'), paths }) }, 'return'))).toMatchObject({
      'return.*.paths.*': 'structure × 1',
      'return.*.paths.*.@key': 'number × 1',
      'return.*.paths.*.level': '0 or 1 × 1',
    });
  });

  it('is the same for an element in a list and by itself in its place', () => {
    const path = (level: string): Record<string, string> => ({
      level: text(level),
      course: map({ id: text('F1') }),
    });
    const list = (...items: string[]): string =>
      `<value xsi:type="e:Array">${items.join('')}</value>`;
    const learner = (paths: string): string => map({ name: text('a'), paths });
    const both = list(map(path('1'), 'item'), map(path('2'), 'item'));
    const records = { '12': learner(both), '13': learner(map(path('3'))) };
    expect(structureOf(map(records, 'return'))).toEqual({
      'return.*': 'structure × 2',
      'return.*.@key': 'number × 2',
      'return.*.name': 'text × 2',
      'return.*.paths': 'list, structure × 2',
      'return.*.paths.*': 'structure × 3',
      'return.*.paths.*.course': 'structure × 3',
      'return.*.paths.*.course.id': 'text × 3',
      'return.*.paths.*.level': '0 or 1, number × 3',
    });
  });
});
