import type { Capability, Reach } from '@passerelle/roster';
import type { Author, Caller, RequestKey } from '@passerelle/sync';
import type { ApiDeps } from '../deps.js';
import type { SessionCookie } from '../identity/session-cookie.js';
import type { Live } from '../live/live.js';
import type { SessionUse } from '../identity/session-use.js';

/** On whose behalf and how far a handler acts. */
export interface Scope {
  deps: ApiDeps;
  /** Null on public routes only. */
  caller: Caller | null;
  cookie: SessionCookie;
  /** The session that was used, or is to be left by signing in; null: a token, or nobody. */
  session: SessionUse | null;
  /** How far the capabilities of the route reach for this caller, all of them together. */
  reach: Reach;
  /** How far another capability of the caller reaches. */
  reachOf(capability: Capability): Reach;
  /** For the audit. @throws on public routes */
  author(reason?: string | null): Author;
  /** The caller's address. */
  from: string;
  /** Aborted when the answer is no longer waited for; a server that stops waits for it. */
  left: AbortSignal;
  /** Aborted when the answer is no longer waited for, or the server stops. */
  signal: AbortSignal;
  /** Event streams. */
  live: Live;
  /** Whether the caller may still do what the route does, and as far: for answers that last. */
  stillMay(): Promise<boolean>;
  requestId: string;
  now: Date;
  /** Of a request with an `Idempotency-Key`, where the route takes one. */
  requestKey: RequestKey | null;
  /** Work that goes on after the answer; the server waits for it when it stops. */
  inBackground(work: (signal: AbortSignal) => Promise<unknown>): void;
}
