import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedDatabase, openDatabase } from '@passerelle/db';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

const HOLD = join(import.meta.dirname, '../../support/hold-database.mjs');
// One directory for all tests, since making one takes longer than starting a
// server: those that spoil it come last.
let dataDir: string;
let held: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'passerelle-embedded-'));
});
afterEach(async () => {
  for (const child of held) child.kill('SIGKILL');
  held = [];
  const pid = await serverPid();
  if (pid === null) return;
  try {
    process.kill(pid, 'SIGQUIT'); // a failed test left it
  } catch {
    // it left the file only
  }
});
afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));

/** Opens it in this process. */
function open(): Promise<OpenedDatabase> {
  const log = { info: () => {}, warn: () => {} };
  return openDatabase({ dataDir, log, settings: { fsync: 'off' } });
}

/** Opens it in another one. */
async function hold(): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [HOLD, dataDir], { stdio: ['pipe', 'pipe', 'inherit'] });
  held.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const { url } = JSON.parse(line.toString()) as { url: string };
  return { child, url };
}

async function letGo(child: ChildProcess): Promise<void> {
  child.stdin?.end();
  await once(child, 'exit');
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function serverPid(): Promise<number | null> {
  const text = await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8').catch(
    () => '',
  );
  return text === '' ? null : Number(text.split('\n')[0]);
}

test('what was written is there after a restart, behind the same address and password', async () => {
  const first = await open();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
  await first.release();
  expect(await serverPid()).toBeNull();

  const second = await open();
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
  await second.release();
});

test('the password is random, kept from others, and asked for', async () => {
  const { url, release } = await open();
  const wrong = new URL(url);
  wrong.password = 'wrong';

  expect(new URL(url).password.length).toBeGreaterThan(20);
  expect((await stat(join(dataDir, 'postgres/password'))).mode & 0o077).toBe(0);
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  expect(await query(url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  await release();
});

test('processes that start at once share one server, the last one stops it', async () => {
  const [one, two, three] = await Promise.all([hold(), hold(), open()]);
  const pid = await serverPid();

  expect(new Set([one.url, two.url, three.url]).size).toBe(1);
  await three.release();
  await letGo(one.child);
  expect(await serverPid()).toBe(pid);
  expect(await query(two.url, 'SELECT 1 AS here')).toEqual([{ here: 1 }]);
  await letGo(two.child);
  expect(await serverPid()).toBeNull();
  expect(await readdir(join(dataDir, 'postgres/users'))).toEqual([]);
});

test('a server whose users were killed is taken over, and stopped by who took it', async () => {
  const { child, url } = await hold();
  const pid = await serverPid();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await serverPid()).toBe(pid);

  const next = await open();
  expect(next.url).toBe(url);
  expect(await serverPid()).toBe(pid);
  await next.release();
  expect(await serverPid()).toBeNull();
});

test('a killed server is started again, with what was committed', async () => {
  const first = await open();
  await query(first.url, 'CREATE TABLE saved AS SELECT 42 AS answer');
  process.kill((await serverPid()) ?? 0, 'SIGKILL');

  const second = await open();
  expect(await query(second.url, 'SELECT answer FROM saved')).toEqual([{ answer: 42 }]);
  await second.release();
  await first.release();
  expect(await serverPid()).toBeNull();
});

test('an orphan of a killed server that hangs does not keep the next from starting', async () => {
  const first = await open();
  const pid = (await serverPid()) ?? 0;
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const orphan = Number(children.split(' ')[0]);
  process.kill(orphan, 'SIGSTOP');
  process.kill(pid, 'SIGKILL');

  const second = await open();
  expect(await query(second.url, 'SELECT 1 AS here')).toEqual([{ here: 1 }]);
  await second.release();
  await first.release();
});

test('a postmaster.pid whose number belongs to another process by now is stale', async () => {
  await (await open()).release();
  const stale = [process.pid, dataDir, 0, 1, '', '127.0.0.1', '', 'ready'].join('\n');
  await writeFile(join(dataDir, 'postgres/cluster/postmaster.pid'), stale, { mode: 0o600 });

  const { url, release } = await open();
  expect(await query(url, 'SELECT 1 AS here')).toEqual([{ here: 1 }]);
  await release();
});

test('a port that is taken meanwhile is replaced by another', async () => {
  const first = await open();
  await first.release();
  const { port } = new URL(first.url);
  const squatter = createServer().listen(Number(port), '127.0.0.1');
  await once(squatter, 'listening');

  const second = await open();
  expect(new URL(second.url).port).not.toBe(port);
  expect(await query(second.url, 'SELECT 1 AS here')).toEqual([{ here: 1 }]);
  await second.release();
  squatter.close();
});

test('no user’s data reach the server’s log', async () => {
  const { url, release } = await open();
  await query(url, 'CREATE TABLE people (email text PRIMARY KEY)');
  const twice = `INSERT INTO people VALUES ('canary@mail.example'), ('canary@mail.example')`;
  await expect(query(url, twice)).rejects.toThrow('duplicate key');
  await release();

  const log = await readFile(join(dataDir, 'postgres/postgres.log'), 'utf8');
  expect(log).toContain('duplicate key');
  expect(log).not.toContain('canary');
});

test('a data directory that is a file is named in the error', async () => {
  const file = join(dataDir, 'file');
  await writeFile(file, '');
  const log = { info: () => {}, warn: () => {} };

  await expect(openDatabase({ dataDir: join(file, 'below'), log })).rejects.toMatchObject({
    name: 'EmbeddedDatabaseError',
    message: expect.stringContaining(join(file, 'below')) as string,
  });
});

test('a data directory that vanished is no reason to fail at the end', async () => {
  const own = join(dataDir, 'vanishing');
  const warnings: string[] = [];
  const log = { info: () => {}, warn: (message: string) => warnings.push(message) };
  const opened = await openDatabase({ dataDir: own, log, settings: { fsync: 'off' } });
  const pid = await readFile(join(own, 'postgres/cluster/postmaster.pid'), 'utf8');
  await rm(own, { recursive: true });

  await opened.release();
  process.kill(Number(pid.split('\n')[0]), 'SIGQUIT');
  expect(warnings).toEqual([expect.stringContaining('could not stop')]);
});

test('a given database is used as it is', async () => {
  const log = { info: () => {}, warn: () => {} };
  const url = 'postgresql://u@db.example/registry';
  const unused = join(dataDir, 'unused');
  const opened = await openDatabase({ databaseUrl: url, dataDir: unused, log });

  expect(opened).toMatchObject({ url, embedded: false });
  await opened.release();
  await expect(stat(unused)).rejects.toThrow('ENOENT');
});

test('a missing password file and data of another version are told apart', async () => {
  await (await open()).release();
  const password = join(dataDir, 'postgres/password');
  const content = await readFile(password);
  await rm(password);
  await expect(open()).rejects.toThrow(/password of the embedded database is missing/);

  await writeFile(password, content);
  await chmod(join(dataDir, 'postgres/cluster/PG_VERSION'), 0o600);
  await writeFile(join(dataDir, 'postgres/cluster/PG_VERSION'), '17\n');
  await expect(open()).rejects.toThrow(/made by PostgreSQL 17/);
});

test('an initialisation that was interrupted is begun again', async () => {
  await rm(join(dataDir, 'postgres/cluster'), { recursive: true });
  await writeFile(join(dataDir, 'postgres/cluster.draft'), 'half');

  const { url, release } = await open();
  expect(await query(url, 'SELECT 1 AS here')).toEqual([{ here: 1 }]);
  await release();
});
