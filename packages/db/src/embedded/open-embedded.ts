import { mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Binaries, findBinaries } from './binaries.js';
import { ensureCluster, ROLE } from './cluster.js';
import { withDirectoryLock } from './directory-lock.js';
import { EmbeddedDatabaseError, explainFailure } from './errors.js';
import { endOrphans } from './orphans.js';
import type { OpenDatabaseOptions, OpenedDatabase } from './open-database.js';
import { type EmbeddedPaths, pathsBelow } from './paths.js';
import {
  findPostmaster,
  type Postmaster,
  startPostmaster,
  stopPostmaster,
  waitUntilGone,
  waitUntilReady,
} from './postmaster.js';
import { boundLog } from './server-log.js';
import { chooseServerUser, type ServerUser } from './server-user.js';
import { register, unregister } from './usage.js';

const LOCK_TIMEOUT_MS = 150_000;
const ATTEMPTS = 5;

/**
 * The embedded server, started or joined.
 * @throws EmbeddedDatabaseError
 */
export async function openEmbedded(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  try {
    return await open(options);
  } catch (cause) {
    throw explainFailure('start', pathsBelow(options.dataDir).home, cause);
  }
}

interface Context {
  paths: EmbeddedPaths;
  user: ServerUser;
  binaries: Binaries;
  options: OpenDatabaseOptions;
}

async function open(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  const context = await prepare(options);
  const { home, users, log } = context.paths;
  const opened = await withDirectoryLock(home, LOCK_TIMEOUT_MS, async () => {
    const note = await register(users);
    try {
      return { note, url: await ensureServer(context) };
    } catch (error) {
      await leaveUnlocked(context, note).catch(() => {}); // why it failed says more
      throw error;
    }
  });
  const stopWatching = boundLog(log);
  let released: Promise<void> | undefined;
  const release = () => {
    stopWatching();
    released ??= leave(context, opened.note).catch((error: unknown) => {
      // The work is done by now; the next to open the database takes the server over.
      options.log.warn(explainFailure('stop', home, error).message);
    });
    return released;
  };
  return { url: opened.url, embedded: true, release };
}

async function prepare(options: OpenDatabaseOptions): Promise<Context> {
  await makeDirectory(options.dataDir);
  const paths = pathsBelow(await realpath(options.dataDir));
  await makeDirectory(paths.home, 0o700);
  await refuseOthersData(paths);
  const user = await chooseServerUser(dirname(paths.home));
  await user.own(paths.home);
  const binaries = await findBinaries(paths.home, user.canReach);
  return { paths, user, binaries, options };
}

/** What root leaves there the one it belongs to could neither read nor remove. */
async function refuseOthersData({ users, home }: EmbeddedPaths): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const owner = (await stat(users).catch(() => null))?.uid ?? 0;
  if (owner === 0) return;
  throw new EmbeddedDatabaseError(
    `The embedded database in ${home} belongs to the user with the number ${owner}: run this command as that user, not as root.`,
  );
}

async function makeDirectory(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode });
  } catch {
    await mkdir(path, mode); // says why: on a read-only file system the other one says ENOENT
  }
}

async function leave(context: Context, note: string): Promise<void> {
  const { home } = context.paths;
  await withDirectoryLock(home, LOCK_TIMEOUT_MS, () => leaveUnlocked(context, note));
}

/** The last user stops the server, also one that started but could not be used. */
async function leaveUnlocked({ paths, binaries, options }: Context, note: string): Promise<void> {
  if ((await unregister(paths.users, note)) > 0) return;
  if (!(await stopPostmaster(paths, binaries))) {
    options.log.warn('The embedded PostgreSQL server is slow to stop; it goes on doing so.');
  }
}

/** @returns the connection string of a server that takes connections */
async function ensureServer(context: Context): Promise<string> {
  const { paths, user, binaries, options } = context;
  const password = await ensureCluster(paths, binaries, user);
  const urlAt = (port: number, database: string) =>
    `postgresql://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
  for (let attempt = 1; ; attempt++) {
    const running = (await adopt(paths)) ?? (await start(context));
    try {
      await ensureDatabase(urlAt(running.port, 'postgres'));
      options.log.info(`The embedded PostgreSQL server listens on 127.0.0.1:${running.port}.`);
      return urlAt(running.port, ROLE);
    } catch (error) {
      // Taken over in the moment of its death: look again.
      if (!isDying(error) || attempt === ATTEMPTS) throw error;
      await delay(200 * attempt);
    }
  }
}

function isDying(error: unknown): boolean {
  const { code = '', message } = error as { code?: string; message: string };
  return /^(ECONNRE|EPIPE|57P0)/.test(code) || message.includes('terminated unexpectedly');
}

/** A server that somebody else started; one on its way out is awaited. */
async function adopt(paths: EmbeddedPaths): Promise<Postmaster | null> {
  const found = await findPostmaster(paths);
  if (found === null || found.ready) return found;
  const waiting = new AbortController();
  try {
    return await Promise.race([
      waitUntilReady(paths, waiting.signal),
      waitUntilGone(found.pid).then(() => null),
    ]);
  } finally {
    waiting.abort();
  }
}

/** A port may be taken between looking and binding, and a crashed server's memory be in use for a moment. */
async function start({ paths, user, binaries, options }: Context): Promise<Postmaster> {
  await endOrphans(paths.cluster);
  await user.own(paths.cluster); // not sooner: never from under a server that runs
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort(paths);
    try {
      const started = await startPostmaster(paths, binaries, user, port, options.settings ?? {});
      await writeFile(paths.port, String(port), { mode: 0o600 });
      return started;
    } catch (error) {
      const passing = /Address already in use|pre-existing shared memory/.test(String(error));
      if (!passing || attempt === ATTEMPTS) throw error;
      await delay(200 * attempt);
    }
  }
}

/** The one used last if it is still free, so that bookmarked connection strings go on working. */
async function choosePort(paths: EmbeddedPaths): Promise<number> {
  const last = Number(await readFile(paths.port, 'utf8').catch(() => '0'));
  return (await freePort(Number.isInteger(last) ? last : 0)) ?? (await freePort(0)) ?? 0;
}

async function freePort(wanted: number): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port: wanted, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? null) : null));
    });
  });
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [ROLE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${ROLE}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') throw error;
    throw new EmbeddedDatabaseError(
      'The embedded database does not accept the password in its file. Put the file back from a backup, or move the data directory away to begin with an empty registry.',
      { cause: error },
    );
  } finally {
    await client.end();
  }
}
