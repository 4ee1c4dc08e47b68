import { userInfo } from 'node:os';

/** Who gives a command, for the audit: the account of this machine it runs under. */
export function actorOfCommand(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // In a container the number may have no name.
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}
