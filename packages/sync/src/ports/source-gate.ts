import type { Overload } from './source.js';

/**
 * Why a call is made.
 * - `reading`: bulk reading; stays within the adaptive limit and waits while the source rests
 * - `onDemand`: somebody looks at the source (check, inspect, sample, one person now); within the limit, at once
 * - `login`: never waits behind reading; one permit is kept for it
 * - `probe`: the cheap call that decides whether a rest is over
 */
export type CallPurpose = 'reading' | 'onDemand' | 'login' | 'probe';

/** A call to the source, as far as its permit needs to know it. */
export interface SourceCall {
  purpose: CallPurpose;
  /** The operation's name in the WSDL. */
  operation: string;
  siteCode: string | null;
  /**
   * The first call of a part: in hours without reading (`PASSERELLE_BLACKOUT`) it is not
   * made any more, while a part that was begun is read to its end.
   */
  opensPart?: boolean;
  /**
   * What must come out well before the call is made, waited for beside the permit; if it
   * fails so does the call, and the permit goes back at once.
   */
  cleared?: Promise<unknown>;
}

/**
 * The way to the source: every call of every process goes through it, so that
 * never more than the hard cap are under way at once (architecture, invariant 3).
 */
export interface SourceGate {
  /**
   * Waits for a permit, does the work under it, and learns from how it went.
   * @param work makes one call; a SourceError with an `overload` counts against the source.
   *   Its signal is aborted with the caller's, or when the permit could not be kept.
   * @throws SourceError of kind `resting` if the call must not be made now, since the
   *   source rests or is not to be read (when to come back is in `retryAfterMs`); whatever the work throws; what the
   *   registry throws if it cannot be reached: without it nothing is read
   */
  pass<Result>(
    call: SourceCall,
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    bytesOf?: BytesOf<Result>,
  ): Promise<Result>;
}

/** How large the answer was that a call brought. */
export type BytesOf<Result> = (result: Result) => number;

/** What became of a call. */
export type CallOutcome = 'ok' | 'aborted' | 'failed' | Overload;
