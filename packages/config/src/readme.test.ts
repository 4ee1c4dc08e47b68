import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SETTINGS } from './settings.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

it.each(SETTINGS.map((setting) => [setting.name, setting] as const))(
  'README tells of %s',
  (name, { default: value, sentence }) => {
    const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toContain(sentence);
    if (value) expect(row).toContain(`\`${value}\``);
  },
);

it('README tells of no other setting', () => {
  const rows = readme.match(/^\| `[A-Z_]+` \|/gm) ?? [];
  expect(rows).toHaveLength(SETTINGS.length);
});
