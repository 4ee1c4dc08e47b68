import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { PLAIN_ENVIRONMENT } from './plain-environment.js';

/** A process, told apart from a later one that got the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, in whatever form the system says it; empty where it doesn't. */
  since: string;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, since: startOf(process.pid) };
}

/** Is that very process still there? */
export function isAlive(identity: ProcessIdentity): boolean {
  return processExists(identity.pid) && startOf(identity.pid) === identity.since;
}

/** Does a process with this number exist, whoever it belongs to? A zombie does not count. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return process.platform !== 'linux' || !['Z', 'X', ''].includes(statOf(pid)[0] ?? '');
}

/** The command line of a process, where the system shows it. */
export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Is this directory the one a process works in, by whatever path it came there?
 * Null: the system does not tell.
 */
export function isWorkingIn(pid: number, directory: string): boolean | null {
  try {
    const there = statSync(`/proc/${pid}/cwd`);
    const here = statSync(directory);
    return there.ino === here.ino && there.dev === here.dev;
  } catch {
    return null;
  }
}

function startOf(pid: number): string {
  if (process.platform === 'linux') return `${bootId()}/${statOf(pid)[19] ?? ''}`;
  if (process.platform === 'win32') return '';
  try {
    const options = { encoding: 'utf8' as const, ...PLAIN_ENVIRONMENT };
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], options).trim();
  } catch {
    return '';
  }
}

/** Fields of /proc/PID/stat from the state on; the name before may hold blanks. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
