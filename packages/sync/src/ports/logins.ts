import type { UserKind } from '@passerelle/roster';

/** What the source says about logins. */
export interface LoginSource {
  /**
   * Asks whether a login is good; goes through the gate with the purpose `login`.
   * @param cleared what must come out well before the source is asked (`SourceCall`)
   * @throws SourceError when it cannot tell: never to be taken for a no; what `cleared` fails with
   */
  validateLogin(
    username: string,
    password: string,
    signal: AbortSignal,
    cleared?: Promise<unknown>,
  ): Promise<'yes' | 'no'>;
}

/** Someone of the registry. */
export interface LoginPerson {
  id: number;
  kind: UserKind;
  code: string;
}

/** An attempt that was let through; it counts as failed until something else is said of it. */
export interface LoginAttempt {
  /** The source said yes: the account begins anew. */
  succeeded(): Promise<void>;
  /** Nobody could tell: as if it had not been. */
  undecided(): Promise<void>;
}

/** How often logins are tried, in all processes together. */
export interface LoginThrottle {
  /**
   * Lets an attempt through, or says how long to wait. Accounts that nobody has are
   * treated as others are.
   * @param account the login as it was typed
   * @param address the network it comes from; null: unknown
   */
  claim(account: string, address: string | null): Promise<LoginAttempt | { waitMs: number }>;
}

/** Who has which login. */
export interface LoginDirectory {
  /** The active people with a login, as the registry writes it (`cleanHandle`). */
  activePeople(login: string): Promise<LoginPerson[]>;
}

/** What a password is recognised by. */
export interface LoginVerifier {
  /** In hexadecimal. */
  salt: string;
  hash: string;
}

/** Verifiers for the time the source is away. Times are the database's. */
export interface LoginVerifierStore {
  /** Not one that is older than that, or has expired. */
  getVerifier(userId: number, hours: number): Promise<LoginVerifier | null>;
  putVerifier(userId: number, verifier: LoginVerifier, hours: number): Promise<void>;
  /** Takes this one away; another that came since stays. */
  removeVerifier(userId: number, verifier: LoginVerifier): Promise<void>;
}
