import type { GroupKind, UserKind } from '@passerelle/roster';
import type { Warrant } from './personal-data.js';

/** Who or what can be protected from removals. */
export type ProtectedSubject =
  | { of: 'user'; kind: UserKind; code: string }
  | { of: 'group'; kind: GroupKind; code: string };

/** Why someone or something is protected, and since when. */
export interface Protection extends Warrant {
  at: Date;
}

/** A protection, and what it is of: `student:12`, `initial:G1`. */
export interface ListedProtection extends Protection {
  ref: string;
}

/**
 * Users and groups that no removal touches: a protected user is neither suspended nor
 * erased for having left, a protected group not suspended, and the links of either are
 * kept. Each change leaves an audit event, and waits for a reconciling under way: what is
 * protected when the command has ended is protected from the next run on.
 */
export interface Protections {
  /** Anew, where it is protected already. False: there is no such user or group. */
  protect(subject: ProtectedSubject, warrant: Warrant, now: Date): Promise<boolean>;
  /**
   * Links that only the protection kept, of people who are suspended, are removed with it;
   * all else is left to the next runs.
   *
   * @returns how many links that were; null: it was not protected
   */
  unprotect(subject: ProtectedSubject, warrant: Warrant, now: Date): Promise<number | null>;
  /** Null: it is not protected. */
  findProtection(subject: ProtectedSubject): Promise<Protection | null>;
  /** By kind and code. */
  listProtections(of: ProtectedSubject['of']): Promise<ListedProtection[]>;
}
