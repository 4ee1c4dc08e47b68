import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { endLeftovers } from './leftovers.mjs';

let directory;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'leftovers-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

it.each([
  ['its environment', () => ({ env: { ...process.env, RUN: directory } })],
  ['its working directory', () => ({ cwd: directory })],
])('ends a process known by %s', async (_, options) => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], {
    ...options(),
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const ended = once(child, 'exit');
  const found = await endLeftovers(directory, { graceMs: 0 });
  expect(found).toEqual([expect.stringContaining('setInterval')]);
  await expect(ended).resolves.toEqual([null, 'SIGKILL']);
});

it('has nothing to do where nothing was left', async () => {
  await expect(endLeftovers(directory)).resolves.toEqual([]);
});
