import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinaries, repair } from './binaries.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passerelle-binaries-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test('links and execute bits that npm dropped are added, by several processes at once', async () => {
  const root = join(directory, 'native');
  await mkdir(join(root, 'bin'), { recursive: true });
  await mkdir(join(root, 'lib'));
  for (const name of ['initdb', 'postgres', 'pg_ctl']) {
    await writeFile(join(root, 'bin', name), '', { mode: 0o644 });
  }
  await writeFile(join(root, 'lib/libpq.so.5.18'), '');
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }];
  await writeFile(join(root, 'pg-symlinks.json'), JSON.stringify(links));

  expect(await Promise.all([repair(root), repair(root), repair(root)])).toEqual([true, true, true]);

  expect(await readlink(join(root, 'lib/libpq.so.5'))).toBe('libpq.so.5.18');
  expect((await stat(join(root, 'bin/postgres'))).mode & 0o111).toBe(0o111);
});

test('where the server’s user cannot reach the package, a copy runs', async () => {
  const found = await Promise.all(
    [1, 2].map(() => findBinaries(directory, () => Promise.resolve(false))),
  );

  expect(found[0]).toEqual(found[1]);
  expect(found[0]?.root.startsWith(directory)).toBe(true);
  const { stdout } = spawnSync(found[0]?.postgres ?? '', ['--version'], { encoding: 'utf8' });
  expect(stdout).toContain(`(PostgreSQL) ${found[0]?.major}.`);
});
