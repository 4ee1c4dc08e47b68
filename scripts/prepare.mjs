// Brings a checkout to where it can run: packages installed, Prisma client
// generated, TypeScript built. Quick when there is nothing to do.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fingerprint } from './lib/fingerprint.mjs';
import { isInstalled } from './lib/installed.mjs';
import { withLock } from './lib/lock.mjs';
import { root, runNode, runNpm, ScriptError } from './lib/run.mjs';

const cache = join(root, '.cache');
const stampFile = join(cache, 'prepared.json');

/**
 * Does what is missing, and nothing else. Two processes may call it at once.
 *
 * @param {object} [options]
 * @param {boolean} [options.install] run `npm ci` when node_modules is not what
 *   the lock file says (otherwise that is an error)
 * @param {boolean} [options.build] compile the applications and what they need
 * @param {boolean} [options.quiet] say nothing on standard error unless it fails
 * @throws {ScriptError} with a sentence that says what to do
 */
export async function prepare({ install = false, build = true, quiet = false } = {}) {
  const say = quiet ? () => {} : (text) => process.stderr.write(`${text}\n`);
  const steps = [
    { name: 'packages', ...packages, work: () => installPackages(install, say) },
    { name: 'client', ...client, work: () => generateClient(say) },
    ...(build ? [{ name: 'build', ...built, work: () => compile(say) }] : []),
  ];
  if (steps.every(isDone)) return;
  const wait = () => say('Waiting for another process that prepares this checkout…');
  await withLock(join(cache, 'prepare.lock'), () => runSteps(steps), wait);
}

/** For each step: whether its result is there, and the state of what it was made from. */
const packages = {
  exists: () => existsSync(join(root, 'node_modules/.package-lock.json')),
  sign: () => fingerprint(root, ['package-lock.json']),
};
const client = {
  exists: () => existsSync(join(root, 'packages/db/src/generated/client.ts')),
  sign: () => fingerprint(root, ['prisma/schema.prisma', 'package-lock.json']),
};
const built = {
  exists: () => listWorkspaces().every((path) => existsSync(join(root, path, 'dist/index.js'))),
  sign: () => fingerprint(root, ['tsconfig.base.json', 'prisma/schema.prisma', ...listSources()]),
};

function isDone({ name, exists, sign }) {
  return exists() && sign() === readStamps()[name];
}

async function runSteps(steps) {
  for (const step of steps) {
    if (isDone(step)) continue;
    // Taken before the work: a file saved during it makes it due again.
    const sign = step.sign();
    await step.work();
    writeStamps({ ...readStamps(), [step.name]: sign });
  }
}

function listSources() {
  return listWorkspaces().flatMap((path) => [`${path}/src`, `${path}/tsconfig.json`]);
}

/** The workspaces that are compiled, `packages/…` before `apps/…`. */
function listWorkspaces() {
  return ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent))
      .map((name) => `${parent}/${name}`)
      .filter((path) => existsSync(join(root, path, 'tsconfig.json'))),
  );
}

async function installPackages(isAllowed, say) {
  if (isInstalled(root)) return;
  if (!isAllowed) {
    throw new ScriptError('The packages of package-lock.json are not installed. Run: npm ci');
  }
  say('Installing packages (npm ci)…');
  // Development packages too, whatever NODE_ENV says: the compiler is one.
  const args = ['ci', '--include=dev', '--loglevel=error', '--no-progress'];
  const { code } = await runNpm(args, { live: true });
  if (code !== 0) throw new ScriptError('npm ci failed. What it says stands above.');
}

async function generateClient(say) {
  say('Generating the Prisma client…');
  // The generator wants to know of a schema engine, and never runs it: any
  // executable will do, and nothing is downloaded.
  const env = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' };
  await must('prisma generate', 'node_modules/prisma/build/index.js', ['generate'], env);
}

async function compile(say) {
  say('Building…');
  const apps = listWorkspaces().filter((path) => path.startsWith('apps/'));
  await must('The build', 'node_modules/typescript/bin/tsc', ['-b', ...apps]);
}

async function must(name, script, args, env) {
  const { code, output } = await runNode(script, args, { env });
  if (code === 0) return;
  process.stderr.write(output);
  throw new ScriptError(`${name} failed. What it says stands above.`);
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function writeStamps(stamps) {
  mkdirSync(cache, { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamps));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await prepare({ install: true });
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
