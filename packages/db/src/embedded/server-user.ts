import { spawnSync } from 'node:child_process';
import { chown, lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EmbeddedDatabaseError } from './errors.js';

/** As whom PostgreSQL's programs run: they refuse to run as root. */
export interface ServerUser {
  /** Command and arguments that run a program as that user. */
  wrap(program: string, args: readonly string[]): { command: string; args: string[] };
  /** For child_process.spawn. */
  ids: { uid: number; gid: number } | Record<string, never>;
  /** Can that user enter the directory? */
  canReach(directory: string): Promise<boolean>;
  /** Hands a file, or a directory and all in it, to that user, if it isn't theirs. */
  own(path: string): Promise<void>;
}

interface Account {
  name: string;
  uid: number;
  gid: number;
}

const asOurselves: ServerUser = {
  wrap: (command, args) => ({ command, args: [...args] }),
  ids: {},
  canReach: async () => true,
  own: async () => {},
};

/**
 * Whoever may run the server: ourselves; for root, ourselves under another
 * number in a user namespace (needs no account and may enter what root may);
 * where that is refused, an unprivileged account of the system.
 *
 * @param directory where the server's data are, for the last of these
 */
export async function chooseServerUser(directory: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return asOurselves;
  const accounts = await readAccounts();
  return inUserNamespace(accounts) ?? (await asAccount(accounts, directory));
}

function inUserNamespace(accounts: readonly Account[]): ServerUser | null {
  // initdb looks its user up by number, so it must be one that has a name.
  const known = accounts.find((account) => account.uid === 1000) ?? accounts[0];
  if (known === undefined) return null;
  const options = ['--user', `--map-user=${known.uid}`, `--map-group=${known.gid}`, '--'];
  const trial = spawnSync('unshare', [...options, 'true'], { stdio: 'ignore' });
  if (trial.status !== 0) return null;
  return {
    ...asOurselves,
    own: (path) => giveTo({ uid: 0, gid: 0 }, path), // it may have run as an account before
    wrap: (program, args) => ({ command: 'unshare', args: [...options, program, ...args] }),
  };
}

async function asAccount(accounts: readonly Account[], directory: string): Promise<ServerUser> {
  const named = (name: string) => accounts.find((account) => account.name === name);
  const account = named('postgres') ?? named('nobody') ?? accounts[0];
  if (account === undefined) {
    throw new EmbeddedDatabaseError(
      'PostgreSQL refuses to run as root, and there is no other account here. Run Passerelle as another user, or set DATABASE_URL.',
    );
  }
  const blocked = await firstClosedTo(account, directory);
  if (blocked !== null) {
    throw new EmbeddedDatabaseError(
      `PostgreSQL refuses to run as root, and the account ${account.name} cannot enter ${blocked}. Run Passerelle as another user, point PASSERELLE_DATA_DIR elsewhere (below /var/lib, say), or set DATABASE_URL.`,
    );
  }
  return {
    wrap: asOurselves.wrap,
    ids: { uid: account.uid, gid: account.gid },
    canReach: async (path) => (await firstClosedTo(account, path)) === null,
    own: (path) => giveTo(account, path),
  };
}

/** The outermost directory on the way that the account may not enter. */
async function firstClosedTo(account: Account, directory: string): Promise<string | null> {
  const path = await realpath(directory);
  const parent = dirname(path);
  const above = parent === path ? null : await firstClosedTo(account, parent);
  if (above !== null) return above;
  const { mode, uid, gid } = await lstat(path);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  return (mode & bit) === 0 ? path : null;
}

async function giveTo(owner: Pick<Account, 'uid' | 'gid'>, path: string): Promise<void> {
  if ((await lstat(path)).uid !== owner.uid) await chownAll(owner, path);
}

async function chownAll(owner: Pick<Account, 'uid' | 'gid'>, path: string): Promise<void> {
  try {
    await chown(path, owner.uid, owner.gid);
    if (!(await lstat(path)).isDirectory()) return;
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (!entry.isSymbolicLink()) await chownAll(owner, join(path, entry.name));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // gone meanwhile
  }
}

/** Accounts other than root, as /etc/passwd lists them. */
async function readAccounts(): Promise<Account[]> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (name === undefined || uid === undefined || gid === undefined || uid === '0') return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}
