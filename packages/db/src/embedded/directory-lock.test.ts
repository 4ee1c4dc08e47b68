import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withDirectoryLock } from './directory-lock.js';
import { ownIdentity } from './process-identity.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'passerelle-lock-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const DEAD = JSON.stringify({ pid: process.pid, since: 'another start' });

test('work under the lock never overlaps, also where a dead process held it', async () => {
  await writeFile(join(directory, 'lock-3'), DEAD);
  const counter = join(directory, 'counter');
  await writeFile(counter, '0');

  await Promise.all(
    Array.from({ length: 20 }, () =>
      withDirectoryLock(directory, 20_000, async () => {
        const count = Number(await readFile(counter, 'utf8'));
        await new Promise((resolve) => setImmediate(resolve));
        await writeFile(counter, String(count + 1));
      }),
    ),
  );

  expect(await readFile(counter, 'utf8')).toBe('20');
  expect((await readdir(directory)).sort()).toEqual(['counter', 'lock-23']);
});

test('the lock is given back when the work fails', async () => {
  const failing = withDirectoryLock(directory, 1000, () => Promise.reject(new Error('failed')));
  await expect(failing).rejects.toThrow('failed');

  expect(await withDirectoryLock(directory, 1000, () => Promise.resolve('done'))).toBe('done');
});

test('who waits too long for a living process is told which', async () => {
  await writeFile(join(directory, 'lock-1'), JSON.stringify(ownIdentity()));

  await expect(withDirectoryLock(directory, 60, () => Promise.resolve())).rejects.toThrow(
    `Process ${process.pid}`,
  );
});
