// Processes that outlive the run that started them. They are recognised by the
// run's own directory: it stands in the environment they inherited, and servers
// that overwrite theirs (PostgreSQL and Redis do) work inside it.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const stepMs = 100;

/**
 * Ends what is still running some seconds after the run. Sees processes on
 * Linux only; elsewhere it finds nothing.
 *
 * @param {string} directory the run's own, named by a variable of its environment
 * @param {{ graceMs?: number }} [options] how long they may take to end by themselves
 * @returns {Promise<string[]>} the command lines of what had to be ended
 */
export async function endLeftovers(directory, { graceMs = 3000 } = {}) {
  let found = findProcesses(directory);
  for (let waitedMs = 0; found.length > 0 && waitedMs < graceMs; waitedMs += stepMs) {
    await wait(stepMs);
    found = findProcesses(directory);
  }
  for (const { pid } of found) kill(pid);
  return found.map(({ command }) => command);
}

function findProcesses(directory) {
  return listPids()
    .filter((pid) => pid !== process.pid && belongsTo(pid, directory))
    .map((pid) => ({ pid, command: readParts(pid, 'cmdline').join(' ').trim() }));
}

function belongsTo(pid, directory) {
  const isBelow = (path) => path === directory || path.startsWith(`${directory}/`);
  const variables = readParts(pid, 'environ').map((entry) => entry.replace(/^[^=]*=/, ''));
  return variables.some(isBelow) || isBelow(readCwd(pid));
}

function readCwd(pid) {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return '';
  }
}

function listPids() {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** Empty for a process that has ended meanwhile, or is somebody else's. */
function readParts(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

function kill(pid) {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
