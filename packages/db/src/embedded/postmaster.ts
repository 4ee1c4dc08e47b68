import { spawn } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Binaries } from './binaries.js';
import type { EmbeddedPaths } from './paths.js';
import { PLAIN_ENVIRONMENT } from './plain-environment.js';
import { commandOf, isWorkingIn, processExists } from './process-identity.js';
import type { ServerUser } from './server-user.js';

const POLL_MS = 20;
const START_TIMEOUT_MS = 120_000; // recovery after a crash may read all of the log again
const STOP_TIMEOUT_MS = 60_000;

/** A server that runs on a data directory. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** How a server runs unless told otherwise. No personal data may reach its log. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  work_mem: '16MB',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_checkpoints: 'off',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse', // a DETAIL line quotes the values of a row
};

/** The server that runs on the data directory, if one does. A stale postmaster.pid is removed. */
export async function findPostmaster(paths: EmbeddedPaths): Promise<Postmaster | null> {
  const path = join(paths.cluster, 'postmaster.pid');
  const text = await readFile(path, 'utf8').catch(() => '');
  const [pid, , , port, , , , status] = text.split('\n');
  if (text === '') return null;
  if (!isPostmaster(Number(pid), paths)) {
    // PostgreSQL itself would refuse to start if the number belongs to another process by now.
    await rm(path, { force: true });
    return null;
  }
  return { pid: Number(pid), port: Number(port), ready: status?.trim() === 'ready' };
}

function isPostmaster(pid: number, paths: EmbeddedPaths): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || !processExists(pid)) return false;
  if (process.platform === 'win32') return true;
  return isWorkingIn(pid, paths.cluster) ?? commandOf(pid).includes(paths.cluster);
}

/**
 * Starts a server that outlives this process, and waits until it takes connections.
 *
 * @throws Error with what the server said, if it ended instead
 */
export async function startPostmaster(
  paths: EmbeddedPaths,
  binaries: Binaries,
  user: ServerUser,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<Postmaster> {
  const log = await open(paths.log, 'a', 0o600);
  try {
    const { size } = await log.stat();
    const options = Object.entries({ ...SETTINGS, ...settings, port: String(port) });
    const { command, args } = user.wrap(binaries.postgres, [
      ...['-D', paths.cluster],
      ...options.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ]);
    const child = spawn(command, args, {
      ...user.ids,
      cwd: paths.cluster,
      detached: true, // a terminal's Ctrl-C is for us, not for the database
      ...PLAIN_ENVIRONMENT,
      stdio: ['ignore', log.fd, log.fd],
      windowsHide: true,
    });
    child.unref();
    const ended = new Promise<never>((_resolve, reject) => {
      child.once('error', reject);
      child.once('exit', () => reject(new Error('exit')));
    });
    return await raceToReady(paths, ended, size);
  } finally {
    await log.close();
  }
}

async function raceToReady(
  paths: EmbeddedPaths,
  ended: Promise<never>,
  logPosition: number,
): Promise<Postmaster> {
  const waiting = new AbortController();
  try {
    return await Promise.race([ended, waitUntilReady(paths, waiting.signal)]);
  } catch (error) {
    const said = await readFrom(paths.log, logPosition);
    throw said === '' ? error : new Error(said, { cause: error });
  } finally {
    waiting.abort();
  }
}

/** Waits for a server that is starting. */
export async function waitUntilReady(
  paths: EmbeddedPaths,
  signal: AbortSignal,
): Promise<Postmaster> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    signal.throwIfAborted();
    const found = await findPostmaster(paths);
    if (found?.ready === true) return found;
    if (Date.now() > deadline) {
      throw new Error(`the server did not take connections within ${START_TIMEOUT_MS / 1000} s`);
    }
    await delay(POLL_MS);
  }
}

/**
 * Asks a server to end at once but cleanly, and waits until it has.
 *
 * @returns false if it is still there after a minute
 */
export async function stopPostmaster(paths: EmbeddedPaths, binaries: Binaries): Promise<boolean> {
  const found = await findPostmaster(paths);
  if (found === null) return true;
  if (process.platform === 'win32') {
    spawn(binaries.pgCtl, ['stop', '-D', paths.cluster, '-m', 'fast'], { stdio: 'ignore' });
  } else {
    process.kill(found.pid, 'SIGINT'); // fast shutdown
  }
  return waitUntilGone(found.pid);
}

/** @returns false if the process is still there after a minute */
export async function waitUntilGone(pid: number): Promise<boolean> {
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (processExists(pid)) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

async function readFrom(path: string, position: number): Promise<string> {
  const text = (await readFile(path)).subarray(position).toString('utf8');
  const problems = text.split('\n').filter((line) => /FATAL|PANIC|could not/.test(line));
  return (problems.length > 0 ? problems.join('\n') : text).slice(-2000);
}
