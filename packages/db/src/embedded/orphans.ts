import { readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { commandOf, isWorkingIn, processExists } from './process-identity.js';

const POLL_MS = 20;
const PATIENCE_MS = 3_000;

/**
 * Waits until the children of a postmaster that was killed have noticed and
 * ended: while one is attached to its shared memory, no new server starts. One
 * that does not end is killed; recovery makes good for it as for its parent.
 *
 * @param cluster the data directory, which all of a server's processes work in
 */
export async function endOrphans(cluster: string): Promise<void> {
  if (process.platform !== 'linux') return; // elsewhere they cannot be told by their directory
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const orphans = findOrphans(cluster);
    if (orphans.length === 0) return;
    if (Date.now() > deadline) orphans.forEach(kill);
    if (Date.now() > deadline + PATIENCE_MS) return; // the start says what is the matter
    await delay(POLL_MS);
  }
}

function findOrphans(cluster: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isWorkingIn(pid, cluster) === true && processExists(pid))
    .filter((pid) => commandOf(pid).startsWith('postgres: '));
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone meanwhile
  }
}
