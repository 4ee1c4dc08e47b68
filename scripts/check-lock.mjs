// Checks that `npm ci` will accept package-lock.json on any machine: it refuses
// one that lacks an optional package of another platform, or that says
// something else than a package.json, and npm itself writes both at times.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/run.mjs';

const kinds = ['dependencies', 'devDependencies', 'optionalDependencies'];

/**
 * @param {{ packages: Record<string, object> }} lock package-lock.json
 * @param {(path: string) => object | undefined} manifestOf the package.json in
 *   a directory below the root
 * @returns {string[]} one sentence per problem
 */
export function findLockProblems(lock, manifestOf) {
  const entries = Object.entries(lock.packages);
  const ours = entries.filter(([path]) => !path.includes('node_modules'));
  return [
    ...entries.flatMap(([path, entry]) => findMissing(lock, path, entry)),
    ...entries.flatMap(([path, entry]) => findAddress(path, entry)),
    ...ours.flatMap(([path, entry]) => findDifferences(path, entry, manifestOf(path))),
  ];
}

function findMissing(lock, path, entry) {
  const names = kinds.flatMap((kind) => Object.keys(entry[kind] ?? {}));
  return names
    .filter((name) => !canResolve(lock, path, name))
    .map((name) => `${path || 'the root'} depends on ${name}, which the lock file lacks`);
}

/** As Node looks a package up: in the nearest node_modules, then further out. */
function canResolve(lock, path, name) {
  for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/')))) {
    if (lock.packages[place === '' ? `node_modules/${name}` : `${place}/node_modules/${name}`]) {
      return true;
    }
    if (place === '') return false;
  }
}

function findAddress(path, { resolved = '', link = false }) {
  return link || resolved === '' ? [] : [`${path} names the address it came from: ${resolved}`];
}

function findDifferences(path, entry, manifest) {
  if (manifest === undefined) return [`${path} is no workspace any more`];
  const say = (source) => kinds.flatMap((kind) => Object.entries(source[kind] ?? {}).map(String));
  return say(entry).sort().join() === say(manifest).sort().join()
    ? []
    : [`${join(path, 'package.json')} has other dependencies; run: npm install`];
}

function readManifest(path) {
  const file = join(root, path, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const problems = findLockProblems(lock, readManifest);
  for (const problem of problems) console.error(`package-lock.json: ${problem}`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
