import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isInstalled } from './installed.mjs';

const lock = {
  '': { name: 'ours' },
  'packages/a': { version: '0.1.0' },
  'node_modules/a': { link: true, resolved: 'packages/a' },
  'node_modules/lib': { version: '2.0.0', integrity: 'sha512-x' },
  'node_modules/lib-windows': { version: '2.0.0', integrity: 'sha512-y', optional: true },
};

let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'installed-'));
  mkdirSync(join(directory, 'node_modules'));
  write('package-lock.json', lock);
});
afterEach(() => rmSync(directory, { recursive: true }));

function write(file, packages) {
  writeFileSync(join(directory, file), JSON.stringify({ packages }));
}

function install(changes) {
  const { 'node_modules/lib-windows': _, '': __, ...here } = lock;
  write('node_modules/.package-lock.json', { ...here, ...changes });
  return isInstalled(directory);
}

it('does without the packages of other platforms', () => {
  expect(install({})).toBe(true);
});

it.each([
  { 'node_modules/lib': undefined },
  { 'node_modules/lib': { version: '1.9.0', integrity: 'sha512-x' } },
  { 'node_modules/lib': { version: '2.0.0', integrity: 'sha512-z' } },
  { 'node_modules/a': undefined },
])('notices %j', (changes) => {
  expect(install(changes)).toBe(false);
});

it('notices that nothing was installed at all', () => {
  expect(isInstalled(directory)).toBe(false);
});
