import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedDatabaseError } from './errors.js';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 25;
const PATTERN = /^lock-(\d+)$/;

/**
 * Runs some work while no other process works under the same directory's lock.
 *
 * Node has no flock, and taking away a dead owner's lock file races. So locks
 * are numbered: whoever finds the highest released, or its owner dead, creates
 * the next number, which only one can (link fails if it exists). The highest is
 * never deleted, lower ones only by the owner of a higher one.
 */
export async function withDirectoryLock<T>(
  directory: string,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const held = await acquire(directory, Date.now() + timeoutMs);
  try {
    return await work();
  } finally {
    await truncate(held); // an empty lock is a released one; needs no room on a full disk
  }
}

async function acquire(directory: string, deadline: number): Promise<string> {
  for (;;) {
    const highest = await highestLock(directory);
    const holder = highest === 0 ? null : await readHolder(lockPath(directory, highest));
    if (holder === null || !isAlive(holder)) {
      const path = await tryCreate(directory, highest + 1);
      if (path !== null) return path;
      continue;
    }
    if (Date.now() > deadline) {
      throw new EmbeddedDatabaseError(
        `Process ${holder.pid} has been starting or stopping the embedded database in ${directory} for too long. Look at that process, and end it if it hangs; then try again.`,
      );
    }
    await delay(POLL_MS);
  }
}

async function tryCreate(directory: string, number: number): Promise<string | null> {
  const path = lockPath(directory, number);
  const draft = join(directory, `draft-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(ownIdentity()), { mode: 0o600 });
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  if ((await highestLock(directory)) !== number) {
    await rm(path, { force: true }); // the list we went by was an old one
    return null;
  }
  await removeLower(directory, number);
  return path;
}

async function highestLock(directory: string): Promise<number> {
  return Math.max(0, ...(await lockNumbers(directory)));
}

async function removeLower(directory: string, number: number): Promise<void> {
  const lower = (await lockNumbers(directory)).filter((other) => other < number);
  await Promise.all(lower.map((other) => rm(lockPath(directory, other), { force: true })));
}

async function lockNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names.flatMap((name) => {
    const digits = PATTERN.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
}

/** Null: released, or gone meanwhile. */
async function readHolder(path: string): Promise<ProcessIdentity | null> {
  try {
    const text = await readFile(path, 'utf8');
    return text === '' ? null : (JSON.parse(text) as ProcessIdentity);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function lockPath(directory: string, number: number): string {
  return join(directory, `lock-${number}`);
}
