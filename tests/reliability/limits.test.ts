import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, expect, test } from 'vitest';
import { createCommandRoom } from '../support/cli.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, type Rig } from './support/rig.js';

const COMMAND = fileURLToPath(new URL('../../apps/cli/bin/passerelle.mjs', import.meta.url));

let rig: Rig | undefined;
afterEach(async () => {
  await rig?.dispose();
  rig = undefined;
});

test('a database at its connection limit is named, and a run goes on when there is room', async () => {
  rig = await createRig('postgres', { maxConnections: 30 });
  await rig.start('worker');
  await expectWhole(rig, await rig.runAll());
  rig.simulator.control({ day: 1 });

  const hogs = await takeAllConnections(rig.postgres.url);
  const { code, stderr } = await rig.room.run('scheduler');
  expect({ code, stderr }).toEqual({
    code: 1,
    // Whoever asks first says so: one may have become free in between.
    stderr: expect.stringMatching(/no connection .*free.*: raise its max_connections/),
  });
  await Promise.all(hogs.map((client) => client.end()));
  await expectWhole(rig, await rig.runAll());
});

test('a full disk is named, and no damage is done', async () => {
  const { code, output } = await onDisk(
    'size=40m',
    'passerelle tasks list',
    // The server itself may have started; without a database in it nobody would stop it.
    'status=$?',
    'for process in /proc/[0-9]*; do',
    '  ! tr "\\0" " " < "$process/cmdline" | grep -q "postgres -D $PASSERELLE_DATA_DIR" || echo left: $process',
    'done 2>/dev/null',
    'exit $status',
  );
  expect(code).toBe(1);
  expect(output).not.toContain('left:');
  expect(output).toMatch(/the disk that holds \S+ is full. Make room there/);
});

test('a disk that fills up in between is named, and what was there is there again', async () => {
  const { code, output } = await onDisk(
    'size=160m',
    'passerelle tasks disable sync_sites',
    'head -c 1G /dev/zero > "$PASSERELLE_DATA_DIR/filler" 2>&1',
    'passerelle tasks disable sync_groups',
    'rm "$PASSERELLE_DATA_DIR/filler"',
    'passerelle tasks show sync_sites --json',
  );
  expect(output).toMatch(/disk .* is full/);
  expect(output).toMatch(/"disabled": ?true/);
  expect(code).toBe(0);
});

test('a read-only data directory is named', async () => {
  const { code, output } = await onDisk('ro', 'passerelle tasks list');
  expect(code).toBe(1);
  expect(output).toMatch(
    /cannot be written. Give this user the right to, point PASSERELLE_DATA_DIR/,
  );
});

test('a busy port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  const room = await createCommandRoom();
  const { code, stderr } = await room.run('simulator', '--port', port);
  server.close();
  await room.remove();
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(new RegExp(`port ${port} .*(taken|in use)`, 'i')),
  });
});

/** As many as there are: what is left after it is nobody's. */
async function takeAllConnections(url: string): Promise<pg.Client[]> {
  const taken: pg.Client[] = [];
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      return taken;
    }
  }
}

/**
 * Runs commands of a shell, one after the other, whatever becomes of each, with
 * the data directory on a disk of its own in memory, which nobody else sees.
 * `code` is the last one's.
 */
async function onDisk(
  mount: string,
  ...commands: string[]
): Promise<{ code: number | null; output: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'passerelle-disk-'));
  const script = [
    `mount -t tmpfs -o mode=755,${mount} tmpfs "$PASSERELLE_DATA_DIR" || exit 99`,
    `passerelle() { '${process.execPath}' '${COMMAND}' "$@"; }`,
    ...commands,
  ].join('\n');
  const { PATH, HOME } = process.env;
  const asRoot = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const child = spawn('unshare', [...asRoot, '--mount', 'bash', '-c', script], {
    cwd: directory,
    env: { PATH, HOME, PASSERELLE_DATA_DIR: directory },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  await rm(directory, { recursive: true, force: true });
  return { code, output };
}
