import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { copyBuildContext } from './build-context.js';
import { parseDockerfile, type Stage, type Step } from './dockerfile.js';

const run = promisify(execFile);
export const CHECKOUT = join(import.meta.dirname, '../../..');

/** What the last stage of the Dockerfile leaves, as directories instead of an image. */
export interface RehearsedImage {
  /** What would be `/`. */
  root: string;
  /** Files that were sent to the build. */
  context: string[];
  env: Record<string, string>;
  /** Starts the image's program as its user would be: `command` follows the entrypoint. */
  start(command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess;
  /** Which user that is; undefined: ours, where we may not be anybody else. */
  uid: number | undefined;
  remove(): Promise<void>;
}

/** How packages are installed: as the Dockerfile says, or by linking the checkout's. */
export type Installation = 'npm ci' | 'linked';

interface BuiltStage {
  root: string;
  workdir: string;
  env: Record<string, string>;
  user: string;
  entrypoint: string[];
}

/**
 * Goes through the Dockerfile step by step without Docker: each stage is a
 * directory, and the absolute paths of its steps lie below it. What the base
 * images bring (Node and Debian's tools) is this machine's.
 */
export async function rehearseImage(installation: Installation): Promise<RehearsedImage> {
  // Not in TMPDIR, which the image's user may not be allowed into.
  const directory = await mkdtemp('/tmp/passerelle-image-');
  await chmod(directory, 0o755);
  const stages = parseDockerfile(await readFile(join(CHECKOUT, 'Dockerfile'), 'utf8'));
  const context = join(directory, 'context');
  const files = await copyBuildContext(CHECKOUT, context);
  const built = new Map<string, BuiltStage>();
  for (const stage of stages) {
    built.set(stage.name, await buildStage(stage, { directory, context, built, installation }));
  }
  const image = built.get(stages.at(-1)?.name ?? '');
  if (image === undefined) throw new Error('The Dockerfile has no stage.');
  // Whatever still reached for these would fail from here on.
  for (const { root } of built.values()) {
    if (root !== image.root) await rm(root, { recursive: true });
  }
  await rm(context, { recursive: true });
  return { ...describeImage(image, files), remove: () => rm(directory, { recursive: true }) };
}

interface Building {
  directory: string;
  context: string;
  built: ReadonlyMap<string, BuiltStage>;
  installation: Installation;
}

async function buildStage(stage: Stage, building: Building): Promise<BuiltStage> {
  const root = join(building.directory, `stage-${stage.name}`);
  await mkdir(join(root, 'var/lib'), { recursive: true });
  const result: BuiltStage = { root, workdir: '/', env: {}, user: 'root', entrypoint: [] };
  for (const step of stage.steps) await carryOut(step, result, building);
  return result;
}

async function carryOut(step: Step, stage: BuiltStage, building: Building): Promise<void> {
  const { keyword, text } = step;
  switch (keyword) {
    case 'WORKDIR':
      stage.workdir = text;
      await mkdir(join(stage.root, text), { recursive: true });
      return;
    case 'ENV': {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(text) ?? [];
      stage.env[name] = value;
      return;
    }
    case 'COPY':
      return copy(text, stage, building);
    case 'RUN':
      return runStep(text, stage, building);
    case 'USER':
      stage.user = text;
      return;
    case 'ENTRYPOINT':
      stage.entrypoint = JSON.parse(text) as string[];
      return;
    case 'CMD':
      JSON.parse(text);
      return;
    default:
      throw new Error(`The rehearsal does not know the instruction ${keyword}.`);
  }
}

async function copy(text: string, stage: BuiltStage, building: Building): Promise<void> {
  const [, from] = /--from=(\S+)/.exec(text) ?? [];
  const paths = text.replace(/--from=\S+\s*/, '').split(/\s+/);
  const source = from === undefined ? building.context : building.built.get(from)?.root;
  if (source === undefined) throw new Error(`COPY names a stage that is not there: ${from}`);
  const target = join(stage.root, stage.workdir, paths.pop() ?? '');
  for (const path of paths) {
    const name = text.endsWith('/') && path !== '.' && paths.length > 1 ? basename(path) : '';
    await cp(join(source, path), join(target, name), {
      ...{ recursive: true, verbatimSymlinks: true, preserveTimestamps: true },
    });
  }
}

async function runStep(text: string, stage: BuiltStage, building: Building): Promise<void> {
  const cwd = join(stage.root, stage.workdir);
  // npm's cache is this machine's.
  const command = text.replace(/\s*--(?:mount|cache)=\S+/g, '').trim();
  if (command === 'npm ci' && building.installation === 'linked') return linkPackages(cwd);
  const inPlace = command
    .replace(/(^|\s)\/(?=\w)/g, `$1${stage.root}/`)
    // Only root may give files away.
    .replace(/ -o \d+ -g \d+/, process.getuid?.() === 0 ? '$&' : '');
  const env = { ...plainEnvironment(), ...stage.env, npm_config_prefer_offline: 'true' };
  await run('sh', ['-ec', inPlace], { cwd, env, maxBuffer: 2 ** 26 });
}

/** The checkout's packages by hard links: prune then removes the links only. */
async function linkPackages(to: string): Promise<void> {
  await run('cp', ['-al', join(CHECKOUT, 'node_modules'), to]);
  // npm writes this one; its link must not lead back.
  const record = 'node_modules/.package-lock.json';
  await rm(join(to, record));
  await cp(join(CHECKOUT, record), join(to, record));
  await rm(join(to, 'node_modules/.vite'), { recursive: true, force: true });
}

/** Nothing of this run but where programs are, and npm's cache. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME } = process.env;
  return { PATH: `${dirname(process.execPath)}${delimiter}${PATH}`, HOME };
}

function describeImage(image: BuiltStage, context: string[]): Omit<RehearsedImage, 'remove'> {
  const below = (path: string): string => (path.startsWith('/') ? join(image.root, path) : path);
  const [program = '', ...first] = image.entrypoint.map(below);
  const env = Object.fromEntries(
    Object.entries(image.env).map(([name, value]) => [name, below(value)]),
  );
  const uid = ordinaryUser(image.user);
  const start: RehearsedImage['start'] = (command, settings) =>
    spawn(program, [...first, ...command], {
      ...(uid === undefined ? {} : { uid, gid: uid }),
      cwd: below(image.workdir),
      env: { ...plainEnvironment(), HOME: '/nonexistent', ...env, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return { root: image.root, context, env, start, uid };
}

/** The user of `USER`, where we are root and that user reaches our Node. */
function ordinaryUser(user: string): number | undefined {
  const uid = Number.parseInt(user, 10);
  if (process.getuid?.() !== 0 || Number.isNaN(uid)) return undefined;
  const { status } = spawnSync(process.execPath, ['--version'], { uid, gid: uid, cwd: '/' });
  return status === 0 ? uid : undefined;
}
