import type { Access, Capability, Holding } from '@passerelle/roster';

/**
 * Who is asking, and what they may do at this moment.
 *
 * - `user`: someone of the registry, signed in with their NetYParéo login
 * - `token`: a program
 */
export type Caller =
  | { kind: 'user'; userId: number; sessionId: number; accesses: readonly Access[] }
  | { kind: 'token'; tokenId: number; name: string; accesses: readonly Access[] };

/** Who did something, for the audit: `user:42`, `token:3`. Commands say `cli:ACCOUNT`. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'user' ? `user:${caller.userId}` : `token:${caller.tokenId}`;
}

/** Who does something to rights, from where and why. Kept in the audit. */
export interface Author {
  /** {@link actorOf}, or `cli:ACCOUNT`. */
  by: string;
  reason: string | null;
  /** An address, or a terminal; null: unknown. */
  from: string | null;
}

/** One capability of one person. */
export interface Grant {
  id: number;
  userId: number;
  /** `teacher:7` */
  user: string;
  capability: Capability;
  /** Null: everywhere. */
  siteCode: string | null;
  grantedBy: string;
  reason: string | null;
  createdAt: Date;
  expiresAt: Date | null;
}

/** What became of a change of rights. */
export type GrantOutcome =
  | { outcome: 'done'; grant: Grant }
  | { outcome: 'unknown_user' | 'unknown_site' | 'unknown_grant' | 'suspended_user' }
  /** The end is not after now. */
  | { outcome: 'past_end' }
  /** Nobody would be left who may grant everywhere without an end. */
  | { outcome: 'last_holder' };

/** Which grants a list holds. */
export interface GrantFilter {
  userId?: number;
  capability?: Capability;
  /** Those for these sites, and none that hold everywhere. */
  siteCodes?: readonly string[];
  /** Only those that hold at this moment: not ended, of active people. */
  activeAt?: Date;
  cursor?: string;
  limit: number;
}

/** Who may do what. Each change leaves an audit event in its own transaction. */
export interface GrantStore {
  /** Newest first. */
  listGrants(filter: GrantFilter): Promise<{ items: Grant[]; nextCursor: string | null }>;
  getGrant(id: number): Promise<Grant | null>;
  /** What an active person may do now; nothing of who is suspended or unknown. */
  accessesOf(userId: number, now: Date): Promise<Holding[]>;
  /**
   * Gives a capability, or changes giver, reason and end of what is held already.
   * Nobody may be left without someone who grants: `last_holder`.
   */
  addGrant(
    grant: Pick<Grant, 'userId' | 'capability' | 'siteCode' | 'expiresAt'>,
    author: Author,
    now: Date,
  ): Promise<GrantOutcome>;
  removeGrant(id: number, author: Author, now: Date): Promise<GrantOutcome>;
  /** Codes of all sites that grants and tokens may name. */
  siteCodes(): Promise<string[]>;
  /** Whether anybody active may grant everywhere, now. */
  hasGrantor(now: Date): Promise<boolean>;
}

/** A program's right, without its secret. */
export interface Token {
  id: number;
  name: string;
  capabilities: Capability[];
  /** Empty: everywhere. */
  siteCodes: string[];
  createdBy: string;
  createdAt: Date;
  expiresAt: Date | null;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

/** Which tokens a list holds. */
export interface TokenFilter {
  /** Those limited to these sites alone. */
  withinSites?: readonly string[];
  cursor?: string;
  limit: number;
}

/** Tokens; only hashes of their secrets are known. Each change leaves an audit event. */
export interface TokenStore {
  createToken(
    token: Pick<Token, 'name' | 'capabilities' | 'siteCodes' | 'expiresAt'> & { hash: string },
    author: Author,
    now: Date,
  ): Promise<Token>;
  /** Newest first, revoked and ended ones too. */
  listTokens(filter: TokenFilter): Promise<{ items: Token[]; nextCursor: string | null }>;
  getToken(id: number): Promise<Token | null>;
  /** Null: there is none. What was revoked before stays as it was. */
  revokeToken(id: number, author: Author, now: Date): Promise<Token | null>;
  /** The token with that hash if it holds now; its last use is noted, at most once a minute. */
  useToken(hash: string, now: Date): Promise<Token | null>;
}

/** Someone who is signed in. */
export interface Session {
  id: number;
  userId: number;
  createdAt: Date;
  /** Unless it is used sooner. */
  idleUntil: Date;
  /** Whatever happens. */
  expiresAt: Date;
}

/** One-time links that make somebody the first who may grant. At most one holds. */
export interface SetupLinkStore {
  /** Replaces the one there was. False: somebody may grant already, and there is none. */
  keepSetupLink(
    link: { hash: string; createdAt: Date; expiresAt: Date },
    now: Date,
  ): Promise<boolean>;
  /** Whether a link with that hash holds now; it stays. */
  hasSetupLink(hash: string, now: Date): Promise<boolean>;
  /**
   * Uses the link up and gives the person every capability everywhere, in one
   * transaction: of two who redeem it at once, one is late.
   */
  redeemSetupLink(hash: string, userId: number, author: Author, now: Date): Promise<SetupOutcome>;
}

/** `invalid_link`: unknown, used, ended, replaced, or somebody may grant by now. */
export type SetupOutcome =
  | { outcome: 'done'; grants: Grant[] }
  | { outcome: 'invalid_link' | 'unknown_user' | 'suspended_user' };

/** A session that begins. */
export type NewSession = Omit<Session, 'id'> & {
  hash: string;
  /** The one that the browser had until now, which ends; null: none. */
  replaces: number | null;
};

/**
 * Sessions; only hashes of their secrets are known. Each beginning and end leaves an
 * audit event in its own transaction.
 */
export interface SessionStore {
  createSession(session: NewSession, author: Author, now: Date): Promise<Session>;
  /**
   * The session with that hash if it holds now and its person is active. The hash it
   * had before a rotation fits for half a minute: requests may be under way with it.
   */
  findSession(hash: string, now: Date): Promise<(Session & { rotatedAt: Date }) | null>;
  /** Gives it another hash and more time; false: another request has just done so. */
  rotateSession(
    id: number,
    hashes: { from: string; to: string },
    idleUntil: Date,
    now: Date,
  ): Promise<boolean>;
  /** Whether a session still holds, whatever its secret is by now. */
  holdsSession(id: number, now: Date): Promise<boolean>;
  /** False: it was over already. */
  endSession(id: number, author: Author, now: Date): Promise<boolean>;
}

/** One thing that someone did. People stand in it by id, never by name. */
export interface AuditEvent {
  /** Decimal; grows with time. */
  id: string;
  at: Date;
  actor: string;
  /** `grant.added`, `run.approved`, `task.changed` … */
  action: string;
  entity: string;
  entityId: string;
  before: unknown;
  after: unknown;
  reason: string | null;
  from: string | null;
}

/** Who did what: to be read only. Stores write events in the transactions of what they tell of. */
export interface AuditLog {
  /** Newest first. */
  list(filter: AuditFilter): Promise<{ items: AuditEvent[]; nextCursor: string | null }>;
}

/** Which events a list holds. */
export interface AuditFilter {
  actor?: string;
  action?: string;
  entity?: string;
  entityId?: string;
  since?: Date;
  /** Before this moment. */
  until?: Date;
  /** Anywhere in action, actor, entity or reason, whatever case and accents. */
  search?: string;
  cursor?: string;
  limit: number;
}
