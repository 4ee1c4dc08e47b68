import { cleanHandle, keeperOf } from '@passerelle/roster';
import pLimit from 'p-limit';
import { createBackground } from '../background.js';
import type { Log } from '../context.js';
import type {
  LoginAttempt,
  LoginDirectory,
  LoginPerson,
  LoginThrottle,
  LoginVerifierStore,
} from '../ports/logins.js';
import { SourceError } from '../ports/source.js';
import { type AskDeps, askSource } from './ask-source.js';
import { createCoalescer } from './coalesce.js';
import { createPasswordCache } from './password-cache.js';

export interface LoginDeps extends AskDeps {
  throttle: LoginThrottle;
  people: LoginDirectory;
  verifiers: LoginVerifierStore;
  /** For so long a password is remembered for the time the source is away; 0: none is. */
  cacheHours: number;
  log: Log;
}

/** A login as somebody typed it. */
export interface LoginRequest {
  username: string;
  password: string;
  /** The address that they sit at; null: unknown. */
  from: string | null;
}

/** What can be said of it. Times are whole seconds, at least one. */
export type LoginOutcome =
  | { outcome: 'valid'; person: LoginPerson }
  /** Wrong, or of nobody who is active in the registry: which, is not said. */
  | { outcome: 'invalid' }
  /** Nobody can tell: neither a yes nor a no. */
  | { outcome: 'unreachable'; retryAfterSeconds: number }
  /** Too many attempts of late on this account, whether or not it exists, or from this network. */
  | { outcome: 'throttled'; retryAfterSeconds: number };

export interface LoginCheck {
  /** @throws RegistryError without the database; the signal's reason if the caller has left */
  validateLogin(request: LoginRequest, signal: AbortSignal): Promise<LoginOutcome>;
  /** Resolves when what is written down after an answer has been. */
  settled(): Promise<void>;
}

/** The attempt was not let through. */
class ThrottledError extends Error {
  constructor(readonly waitMs: number) {
    super('There were too many attempts of late.');
    this.name = 'ThrottledError';
  }
}

/** In all, waiting for others included. */
const BUDGET_MS = 20_000;
/** Of one process; the source's own limit is the gate's matter. */
const AT_ONCE = 16;
/** More would wait in vain. */
const MOST_WAITING = 500;
const DEFAULT_RETRY_AFTER_MS = 10_000;
const LONGEST_RETRY_AFTER_S = 900;
/** For so long after somebody came too often, no permit is looked for before an attempt was let through. */
const WARY_MS = 60_000;

/**
 * Validates logins at the source, through its gate. The registry is asked beside the
 * source, never instead of it: an account that nobody has takes the same way, and as long.
 */
export function createLoginCheck(deps: LoginDeps): LoginCheck {
  const { throttle, log } = deps;
  const coalesce = createCoalescer<LoginOutcome>();
  const turns = pLimit(AT_ONCE);
  const background = createBackground(log);
  let waryUntil = Number.NEGATIVE_INFINITY;
  const cache = deps.cacheHours > 0 ? createPasswordCache(deps.verifiers, deps.cacheHours) : null;

  async function check(request: LoginRequest, left: AbortSignal): Promise<LoginOutcome> {
    if (turns.pendingCount >= MOST_WAITING) return unreachable(tooLate());
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(tooLate()), BUDGET_MS);
    const signal = AbortSignal.any([left, late.signal]);
    try {
      // Those before have begun before, and give way no later.
      return await turns(() => attempt(request, signal));
    } catch (error) {
      if (error instanceof SourceError) return unreachable(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  async function attempt(request: LoginRequest, signal: AbortSignal): Promise<LoginOutcome> {
    try {
      return await attemptClaimed(request, signal);
    } catch (error) {
      if (!(error instanceof ThrottledError)) throw error;
      return { outcome: 'throttled', retryAfterSeconds: secondsOf(error.waitMs) };
    }
  }

  async function attemptClaimed(request: LoginRequest, signal: AbortSignal): Promise<LoginOutcome> {
    signal.throwIfAborted();
    const refused = new AbortController();
    // A permit is looked for first; but those who guess are not to keep others from theirs.
    const isWary = performance.now() < waryUntil;
    const claiming = isWary
      ? claimAttempt(request, refused)
      : new Promise(setImmediate).then(() => claimAttempt(request, refused));
    claiming.catch(() => undefined);
    if (isWary) await claiming;
    const finding = claiming.then(onTheWay).then(() => findKeeper(deps.people, request.username));
    // Asked for below, if at all.
    finding.catch(() => undefined);
    try {
      const either = AbortSignal.any([signal, refused.signal]);
      const verdict = await askSource(deps, request, either, claiming);
      return await conclude(verdict, request, await claiming, await finding);
    } catch (error) {
      const claimed = await claiming;
      if (!(error instanceof SourceError)) throw error;
      const { kind, overload } = error;
      log.warn({ kind, overload }, 'a login could not be checked');
      if (!isAway(error)) return unreachable(error);
      return await withoutSource(error, request, claimed, await finding);
    }
  }

  /** @throws ThrottledError if the attempt is not let through; then nobody waits for a permit any more */
  async function claimAttempt(
    { username, from }: LoginRequest,
    refused: AbortController,
  ): Promise<LoginAttempt> {
    try {
      const claimed = await throttle.claim(username, from);
      if (!('waitMs' in claimed)) return claimed;
      waryUntil = performance.now() + WARY_MS;
      throw new ThrottledError(claimed.waitMs);
    } catch (error) {
      refused.abort(error);
      throw error;
    }
  }

  async function conclude(
    verdict: 'yes' | 'no',
    { password }: LoginRequest,
    claim: LoginAttempt,
    person: LoginPerson | null,
  ): Promise<LoginOutcome> {
    if (verdict === 'no') {
      if (cache !== null) background.run(() => cache.forget(person, password));
      return { outcome: 'invalid' };
    }
    // Somebody waits to be let in, and this can wait.
    background.run(() => claim.succeeded());
    if (person === null) return { outcome: 'invalid' };
    if (cache !== null) background.run(() => cache.keep(person, password));
    return { outcome: 'valid', person };
  }

  async function withoutSource(
    error: SourceError,
    { password }: LoginRequest,
    claim: LoginAttempt,
    person: LoginPerson | null,
  ): Promise<LoginOutcome> {
    if (cache === null) {
      // Nothing was learnt by it, so nothing is to be paid for it.
      background.run(() => claim.undecided());
      return unreachable(error);
    }
    // Another password than the one remembered may be a new one: that is no "no".
    if (person === null || !(await cache.fits(person, password))) return unreachable(error);
    background.run(() => claim.succeeded());
    return { outcome: 'valid', person };
  }

  return {
    validateLogin: (request, signal) =>
      coalesce([request.username, request.password], (left) => check(request, left), signal),
    settled: () => background.settled(),
  };
}

/** When the source, which is asked as soon as the attempt is let through, has been sent its question. */
async function onTheWay(): Promise<void> {
  for (let turns = 0; turns < 2; turns += 1) await new Promise(setImmediate);
}

/** Who signs in by a login (docs/architecture.md, "Who shares a login or an e-mail"). */
async function findKeeper(people: LoginDirectory, username: string): Promise<LoginPerson | null> {
  const login = cleanHandle(username);
  return login === null ? null : keeperOf(await people.activePeople(login));
}

/** Whether the source could not be asked, or had too much to do; else it answered in words nobody understands. */
function isAway({ kind, overload }: SourceError): boolean {
  return overload !== undefined || kind === 'resting' || kind === 'unreachable';
}

function unreachable({ retryAfterMs = DEFAULT_RETRY_AFTER_MS }: SourceError): LoginOutcome {
  return { outcome: 'unreachable', retryAfterSeconds: secondsOf(retryAfterMs) };
}

function secondsOf(ms: number): number {
  return Math.min(LONGEST_RETRY_AFTER_S, Math.max(1, Math.ceil(ms / 1_000)));
}

function tooLate(): SourceError {
  return new SourceError(
    'timeout',
    `NetYParéo did not check a login within ${BUDGET_MS / 1_000} s. "passerelle source health" tells how it fares.`,
    { retryable: true, overload: 'timeout' },
  );
}
