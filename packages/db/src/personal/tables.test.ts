import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PERSON_TABLES } from './tables.js';

const schema = readFileSync(new URL('../../../../prisma/schema.prisma', import.meta.url), 'utf8');

it('says of every table of the schema what becomes of people in it', () => {
  const models = schema.match(/^model \w+ \{\n[^}]*^\}/gm) ?? [];
  const tables = models.map((model) => /@@map\("(\w+)"\)/.exec(model)?.[1]);
  const listed = PERSON_TABLES.map(({ name }) => name);

  expect(tables.length).toBeGreaterThan(20);
  expect(tables.filter((table) => !listed.includes(table ?? ''))).toEqual([]);
  expect(new Set(listed).size).toBe(listed.length);
});
