import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.js';
import { EmbeddedDatabaseError } from './errors.js';
import type { EmbeddedPaths } from './paths.js';
import { PLAIN_ENVIRONMENT } from './plain-environment.js';
import type { ServerUser } from './server-user.js';

/** The role that owns the database, and the database. */
export const ROLE = 'passerelle';

/**
 * Makes PostgreSQL's data directory if there is none yet, with a random password
 * for its only role. A directory half made by a process that was killed does not count.
 *
 * @returns the password
 */
export async function ensureCluster(
  paths: EmbeddedPaths,
  binaries: Binaries,
  user: ServerUser,
): Promise<string> {
  if (await exists(join(paths.cluster, 'PG_VERSION'))) {
    await checkVersion(paths, binaries);
    return readPassword(paths);
  }
  const password = randomBytes(24).toString('base64url');
  await writeFile(paths.password, password, { mode: 0o600 });
  await user.own(paths.password);
  const draft = `${paths.cluster}.draft`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await user.own(draft);
  await initdb(binaries, user, draft, paths.password);
  await rename(draft, paths.cluster);
  return password;
}

async function initdb(
  binaries: Binaries,
  user: ServerUser,
  directory: string,
  passwordFile: string,
): Promise<void> {
  const { command, args } = user.wrap(binaries.initdb, [
    ...['-D', directory, '-U', ROLE, `--pwfile=${passwordFile}`],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'],
  ]);
  const child = spawn(command, args, {
    ...user.ids,
    cwd: directory,
    ...PLAIN_ENVIRONMENT,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(said === '' ? `initdb ended with status ${code}` : said);
}

async function checkVersion(paths: EmbeddedPaths, binaries: Binaries): Promise<void> {
  const made = (await readFile(join(paths.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (made === binaries.major) return;
  throw new EmbeddedDatabaseError(
    `The data in ${paths.cluster} were made by PostgreSQL ${made}, and this Passerelle brings PostgreSQL ${binaries.major}. Dump them with the Passerelle that made them, and restore them into a new data directory.`,
  );
}

async function readPassword(paths: EmbeddedPaths): Promise<string> {
  const password = await readFile(paths.password, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
    return '';
  });
  if (password !== '') return password.trim();
  throw new EmbeddedDatabaseError(
    `The password of the embedded database is missing: ${paths.password}. Put the file back from a backup, or move ${paths.home} away to begin with an empty registry.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
