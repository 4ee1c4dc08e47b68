import { userInfo } from 'node:os';
import type { Author } from '@passerelle/sync';

/** Who gives a command, for the audit: the account of this machine it runs under. */
export function actorOfCommand(): string {
  try {
    return `cli:${userInfo().username}`;
  } catch {
    // In a container the number may have no name.
    return `cli:${process.getuid?.() ?? 'unknown'}`;
  }
}

/** Likewise with where from, and why if they say. */
export function authorOfCommand(reason: string | null = null): Author {
  return { by: actorOfCommand(), reason, from: 'terminal' };
}
