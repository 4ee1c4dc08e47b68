import { expect, it } from 'vitest';
import { findLockProblems } from './check-lock.mjs';

const manifests = {
  '': { devDependencies: { tool: '1.0.0' } },
  'packages/a': { dependencies: { lib: '2.0.0' } },
};

function lockWith(changes) {
  return {
    packages: {
      '': { devDependencies: { tool: '1.0.0' } },
      'packages/a': { dependencies: { lib: '2.0.0' } },
      'node_modules/@scope/a': { resolved: 'packages/a', link: true },
      'node_modules/tool': { version: '1.0.0', optionalDependencies: { 'tool-linux': '1.0.0' } },
      'node_modules/tool/node_modules/tool-linux': { version: '1.0.0', optional: true },
      'node_modules/lib': { version: '2.0.0' },
      ...changes,
    },
  };
}

const find = (changes) => findLockProblems(lockWith(changes), (path) => manifests[path]);

it('accepts a lock file that is whole', () => {
  expect(find({})).toEqual([]);
});

it.each([
  [
    { 'node_modules/tool/node_modules/tool-linux': undefined },
    'node_modules/tool depends on tool-linux',
  ],
  [{ 'packages/a': { dependencies: { lib: '2.0.1' } } }, 'other dependencies'],
  [{ 'packages/b': {} }, 'packages/b is no workspace'],
  [{ 'node_modules/lib': { resolved: 'https://host.example/lib.tgz' } }, 'the address it came'],
])('refuses %j', (changes, problem) => {
  const defined = Object.fromEntries(
    Object.entries(lockWith(changes).packages).filter(([, entry]) => entry !== undefined),
  );
  const problems = findLockProblems({ packages: defined }, (path) => manifests[path]);
  expect(problems).toEqual([expect.stringContaining(problem)]);
});
