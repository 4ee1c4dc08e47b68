import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';

// Each command is a process that loads what it needs first. Which libraries these are
// is what its start costs, and says so whatever the machine is at.

const LIST_MODULES = new URL('../../support/list-modules.mjs', import.meta.url).href;

let database: TestDatabase;
let room: CommandRoom;
let directory: string;

beforeAll(async () => {
  database = await createTestDatabase();
  directory = await mkdtemp(join(tmpdir(), 'passerelle-modules-'));
  room = await createCommandRoom({
    DATABASE_URL: database.url,
    NETYPAREO_WSDL: 'http://127.0.0.1:9/ws?wsdl',
    // So that the worker does not read the WSDL ahead.
    PASSERELLE_BLACKOUT: `${dayFrom(-1)}/${dayFrom(1)}`,
  });
  await room.jsonHere('migrate');
  // A checkout that was changed builds itself with the first command.
  await room.run('--version');
  room.set({ NODE_OPTIONS: `--import=${LIST_MODULES}` });
});
afterAll(async () => {
  await room.remove();
  await rm(directory, { recursive: true });
  await database.drop();
});

function dayFrom(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The packages that processes have loaded meanwhile, ours as `@passerelle/…`. */
async function packagesOf(work: () => Promise<unknown>): Promise<string[]> {
  const file = join(directory, `${Math.random()}`);
  room.set({ LOADED_MODULES_FILE: file });
  await work();
  const lines = (await readFile(file, 'utf8')).split('\n');
  return [...new Set(lines.flatMap(packageOf))].sort();
}

function packageOf(path: string): string[] {
  const vendor = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
  const own = /\/(?:apps|packages)\/([^/]+)\/dist\//.exec(path)?.[1];
  if (vendor !== undefined) return [vendor];
  return own === undefined ? [] : [`@passerelle/${own}`];
}

/** Those of which the name begins like that. */
function among(packages: readonly string[], names: readonly string[]): string[] {
  return packages.filter((name) => names.some((start) => name.startsWith(start)));
}

const COMMAND_LINE = [
  '@passerelle/cli',
  '@passerelle/roster',
  'commander',
  'temporal-polyfill',
  'temporal-utils',
];

it.each([
  ['--version', 0],
  ['tasks run sync_student', 2],
])('"%s" loads the command line and nothing else', async (line, code) => {
  const packages = await packagesOf(async () => {
    expect((await room.run(...line.split(' '))).code).toBe(code);
  });

  expect(packages).toEqual(COMMAND_LINE);
});

const NOT_ASKED_FOR = ['@opentelemetry/', 'nodemailer', '@passerelle/simulator'];
const API = ['@passerelle/api', 'fastify', '@fastify/', 'prom-client'];
const QUEUE = ['bullmq', 'ioredis'];
const SOURCE = ['@passerelle/netypareo', 'soap', 'yaml'];

it('a command that reads the registry loads neither queue nor source nor API', async () => {
  const packages = await packagesOf(async () => {
    expect((await room.run('tasks', 'list', '--json')).code).toBe(0);
  });

  expect(packages).toEqual(expect.arrayContaining(['@passerelle/db', '@prisma/client']));
  const [roles, others] = [['@passerelle/worker', '@passerelle/scheduler'], NOT_ASKED_FOR];
  expect(among(packages, [...API, ...QUEUE, ...SOURCE, ...roles, ...others])).toEqual([]);
});

it('a worker loads no API, no Redis on PostgreSQL, and node-soap only to call', async () => {
  const packages = await packagesOf(async () => {
    const { child, ended } = await room.start(['worker'], 'Running: worker');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  expect(packages).toEqual(expect.arrayContaining(['@passerelle/worker', 'bullmq']));
  expect(among(packages, [...API, ...NOT_ASKED_FOR, 'ioredis', 'soap'])).toEqual([]);
});
