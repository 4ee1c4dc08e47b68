import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from './lock.mjs';

let directory;
let path;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(directory, 'sub', 'work.lock');
});
afterEach(() => rmSync(directory, { recursive: true }));

it('lets one in at a time, and tells the other that it waits', async () => {
  const events = [];
  const enter = (name) => async () => {
    events.push(`${name} in`);
    await new Promise((resolve) => setImmediate(resolve));
    events.push(`${name} out`);
  };
  const first = withLock(path, enter('first'));
  const second = withLock(path, enter('second'), () => events.push('second waits'));
  await Promise.all([first, second]);
  expect(events).toEqual(['first in', 'second waits', 'first out', 'second in', 'second out']);
});

it('is free again after work that failed', async () => {
  const work = () => Promise.reject(new Error('no luck'));
  await expect(withLock(path, work)).rejects.toThrow('no luck');
  expect(existsSync(path)).toBe(false);
});

it('takes over from a holder that was killed', async () => {
  await withLock(path, async () => {});
  writeFileSync(path, '');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(path, longAgo, longAgo);
  await expect(withLock(path, async () => 'done')).resolves.toBe('done');
});
