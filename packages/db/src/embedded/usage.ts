import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.js';

/** Notes down one more user of the server; call it under the directory's lock. */
export async function register(directory: string): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${process.pid}-${randomUUID()}`);
  await writeFile(path, JSON.stringify(ownIdentity()), { mode: 0o600 });
  return path;
}

/** Strikes one off, and those who died; says how many are left. Call it under the lock. */
export async function unregister(directory: string, path: string): Promise<number> {
  await rm(path, { force: true });
  const names = await readdir(directory);
  const alive = await Promise.all(names.map((name) => keepIfAlive(join(directory, name))));
  return alive.filter(Boolean).length;
}

async function keepIfAlive(path: string): Promise<boolean> {
  if (isAlive(await readIdentity(path))) return true;
  await rm(path, { force: true });
  return false;
}

/** A file cut short (its writer was killed, the disk was full) counts as dead. */
async function readIdentity(path: string): Promise<ProcessIdentity> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as ProcessIdentity;
  } catch {
    return { pid: 0x7fffffff, since: 'unknown' };
  }
}
