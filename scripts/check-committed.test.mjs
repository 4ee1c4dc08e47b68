import { expect, it } from 'vitest';
import { findProblems } from './check-committed.mjs';

const find = (text) => findProblems('a.md', text, ['/srv/checkout']);

it.each([
  ['see /home/anna/passerelle', 'machine'],
  ['path: "/Users/anna/x"', 'machine'],
  ['/srv/checkout/packages/db', 'this machine'],
  ['https://registry.host.example/pkg', 'registry'],
])('refuses %s', (text, reason) => {
  expect(find(`first\n${text}\n`)).toEqual([expect.stringMatching(/^a\.md:2 /)]);
  expect(find(text)[0]).toContain(reason);
});

it.each(['https://passerelle.example/home/anna', 'below `/root` or elsewhere', '../work/main'])(
  'accepts %s',
  (text) => {
    expect(find(text)).toEqual([]);
  },
);
