import pLimit from 'p-limit';
import { createBackground } from '../background.js';
import type { Log } from '../context.js';
import { type Overload, SourceError, type SourceErrorKind } from '../ports/source.js';
import type {
  BytesOf,
  CallOutcome,
  CallPurpose,
  SourceCall,
  SourceGate,
} from '../ports/source-gate.js';
import type {
  CallRecord,
  Permit,
  PermitRequest,
  PermitReturn,
  PermitsFreed,
  Settlement,
  SourceStateStore,
} from '../ports/source-state.js';
import { createBell, type Delay } from './bell.js';
import { createHandover } from './handover.js';
import { createPermitKeeper } from './permit-keeper.js';
import { claimProbe, judge, type OverloadSettings, type SourceState } from './source-state.js';

export interface GateDeps {
  store: SourceStateStore;
  settings: OverloadSettings;
  /** Makes one cheap call, through this very gate, with the purpose `probe`. */
  probe: (signal: AbortSignal) => Promise<void>;
  /** The end of the time in which bulk reading is not wanted; null: it is. */
  blackoutEnd: (now: Date) => Date | null;
  now: () => Date;
  /** Uniform in [0, 1). */
  random: () => number;
  log: Log;
  /** How those who wait for a permit let time pass; by the clock, unless told otherwise. */
  delay?: Delay;
}

/** A permit that was taken, and when, by the database's clock. */
interface Taken {
  permit: Permit;
  now: number;
}

/** Between two looks for a free permit, in milliseconds; calls of one process wake each other at once. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 60;
/** Where those who give a permit back tell of it; a permit that ran out is found by looking alone. */
const TOLD_LOOK_MS = 250;
/** Somebody sits before the screen: so long within the limit, then beyond it (never the hard cap). */
const ON_DEMAND_PATIENCE_MS = 2_000;
/** From taking a permit to the moment from which the server counts its own time limit, at most. */
const ON_THE_WAY_MS = 1_000;
/** So long a login lets calls in excess of the limit end first; it has its permit already. */
const LOGIN_PATIENCE_MS = 150;

/** Whoever closes the store waits until nothing more is written to it. */
export interface SettlingGate extends SourceGate {
  /** Resolves when what was learnt from calls that have ended is written down. */
  settled(): Promise<void>;
}

/**
 * The gate to the source (port {@link SourceGate}). Permits are leases in the
 * database; the limit is the one that all processes have learnt together.
 */
export function createSourceGate(deps: GateDeps): SettlingGate {
  const { store, settings } = deps;
  const leaseMs = settings.serverLimitMs + ON_THE_WAY_MS;
  const keeper = createPermitKeeper({ store, leaseMs, log: deps.log });
  const bell = createBell(deps.delay);
  const handover = createHandover();
  const background = createBackground(deps.log);
  let freed: PermitsFreed | undefined;
  // One call of each purpose looks for a permit at a time; the others of this process queue behind.
  const turns = {
    ...{ reading: pLimit(1), onDemand: pLimit(1), login: pLimit(1), probe: pLimit(1) },
  };

  async function admit(call: SourceCall, signal: AbortSignal): Promise<Taken> {
    const startedAt = performance.now();
    for (let looks = 0; ; looks += 1) {
      signal.throwIfAborted();
      if (call.opensPart === true) refuseInBlackout();
      const waitedMs = performance.now() - startedAt;
      // Who rings while this looks rings for it, too.
      const rings = bell.rings();
      const found = await store.take(requestOf(call, settings.hardCap, leaseMs, waitedMs));
      handover.looked(found.permit !== null);
      if (found.permit !== null) return { permit: found.permit, now: found.now };
      if (waitsAtRest(call.purpose) && found.state.breaker.restingSince !== null) {
        await endRest(found.state, found.now, signal);
      } else {
        freed ??= store.whenFreed(bell.ring);
        const ownMs = Math.min(LONGEST_LOOK_MS, FIRST_LOOK_MS * 1.5 ** looks);
        await bell.rung(freed.isHeard() ? TOLD_LOOK_MS : ownMs, signal, rings);
      }
    }
  }

  /** A part may have waited here while the hours without reading began. */
  function refuseInBlackout(): void {
    const now = deps.now();
    const end = deps.blackoutEnd(now);
    if (end !== null) throw notNow(end.getTime() - now.getTime());
  }

  /** Probes the source if that is due and nobody else's task; resolves if the rest is over. */
  async function endRest(state: SourceState, now: number, signal: AbortSignal): Promise<void> {
    if (state.breaker.probeAt > now) throw resting(state, now);
    const isOurs = await store.settle({}, settings.serverLimitMs, (current, at) =>
      claimProbe(current, settings, at),
    );
    if (isOurs) {
      await deps.probe(signal).catch((error: unknown) => {
        // Judged already; whoever called learns when the next one is due.
        if (!(error instanceof SourceError)) throw error;
      });
    }
    const after = await store.state();
    if (after.state.breaker.restingSince !== null) throw resting(after.state, after.now);
  }

  async function underPermit<Result>(
    taken: Taken,
    call: SourceCall,
    work: (signal: AbortSignal) => Promise<Result>,
    signal: AbortSignal,
    bytesOf: BytesOf<Result>,
  ): Promise<Result> {
    const kept = keeper.keep(taken.permit.id);
    const startedAt = performance.now();
    let hasBegun = false;
    const end = (outcome: CallOutcome, bytes: number, error?: unknown): Promise<void> => {
      const ms = Math.round(performance.now() - startedAt);
      const { inFlight } = taken.permit;
      // A call that was never made keeps nobody busy.
      const back = hasBegun ? returnOf(outcome, error) : 'now';
      const record = { ...call, outcome, ms, bytes, inFlight };
      return outcome === 'ok'
        ? giveBackAndLearn(taken, record)
        : settle(taken, { permit: { id: taken.permit.id, back }, call: record }, record, error);
    };
    try {
      await call.cleared;
      if (call.purpose === 'login') await letOthersEnd(taken, signal);
      signal.throwIfAborted();
      hasBegun = true;
      const result = await work(AbortSignal.any([signal, kept.signal]));
      // Somebody waits to be let in: first the answer, then the permit and what is learnt.
      if (call.purpose === 'login') background.run(() => end('ok', bytesOf(result)));
      else await end('ok', bytesOf(result));
      return result;
    } catch (error) {
      await end(outcomeOf(error), error instanceof SourceError ? (error.bytes ?? 0) : 0, error);
      throw error;
    } finally {
      kept.release();
      // Those who hear of it elsewhere hear of it here too.
      if (freed?.isHeard() !== true) bell.ring();
    }
  }

  /** Room for a login is made by those that end: nobody else gets their permits meanwhile. */
  async function letOthersEnd({ permit }: Taken, signal: AbortSignal): Promise<void> {
    if (permit.inFlight === 1) return;
    for (let waitedMs = 0; waitedMs < LOGIN_PATIENCE_MS; waitedMs += FIRST_LOOK_MS) {
      const { state, permits } = await store.read();
      if (permits.length <= state.limit.current) return;
      await bell.rung(FIRST_LOOK_MS, signal);
    }
  }

  /** After a call that went well the next one need not wait until that was learnt. */
  async function giveBackAndLearn(taken: Taken, call: CallRecord): Promise<void> {
    const back = { permit: { id: taken.permit.id, back: 'now' }, call } as const;
    const { activeCount, pendingCount } = turns.reading;
    // Nothing was heard yet: the others need a first ring to know that they would hear.
    const tell = freed?.isHeard() !== true || !handover.keep(activeCount + pendingCount);
    const isBack = await store.giveBack(back, leaseMs, tell).then(
      () => true,
      () => false,
    );
    bell.ring();
    await settle(taken, isBack ? {} : back, call, undefined);
  }

  /** Gives the permit back and learns; without the database the permit runs out by itself. */
  async function settle(
    { now }: Taken,
    settlement: Settlement,
    call: CallRecord,
    error: unknown,
  ): Promise<void> {
    const { inFlight, purpose, operation, siteCode } = call;
    const overload = overloadOf(call, error);
    try {
      await store.settle(settlement, leaseMs, (state, at) => {
        if (overload === undefined) return { state, events: [], result: undefined };
        const ended = {
          ...{ call: { purpose, operation, siteCode }, startedAt: now, inFlight },
          overload,
          retryAfterMs: error instanceof SourceError ? error.retryAfterMs : undefined,
        };
        return { ...judge(state, ended, settings, at, deps.random), result: undefined };
      });
    } catch (failure) {
      const name = failure instanceof Error ? failure.name : 'unknown';
      deps.log.warn({ error: name, operation }, 'the permit of a call was not given back');
    }
  }

  return {
    pass: async (call, work, signal, bytesOf = () => 0) => {
      const taken = await turns[call.purpose](() => admit(call, signal));
      return underPermit(taken, call, work, signal, bytesOf);
    },
    settled: () => background.settled(),
  };
}

function requestOf(
  { purpose, operation, siteCode }: SourceCall,
  hardCap: number,
  leaseMs: number,
  waitedMs: number,
): PermitRequest {
  const isReading = purpose === 'reading';
  const isPatient = purpose === 'onDemand' && waitedMs < ON_DEMAND_PATIENCE_MS;
  return {
    ...{ purpose, operation, siteCode, hardCap, leaseMs },
    reserved: hardCap > 1 && (isReading || purpose === 'onDemand') ? 1 : 0,
    withinLimit: isReading || isPatient,
    evenAtRest: !waitsAtRest(purpose),
  };
}

/** People who look at the source may try it at any time. */
function waitsAtRest(purpose: CallPurpose): boolean {
  return purpose === 'reading' || purpose === 'login';
}

function outcomeOf(error: unknown): CallOutcome {
  if (!(error instanceof SourceError)) return 'aborted';
  if (error.overload !== undefined) return error.overload;
  // It answered, if not as one would wish: no sign of overload.
  return error.kind === 'resting' ? 'aborted' : 'failed';
}

/** The sign of overload that an outcome is, null for none; undefined: it says nothing of the server's load. */
function overloadOf({ purpose, outcome }: CallRecord, error: unknown): Overload | null | undefined {
  if (outcome === 'ok') return null;
  if (outcome === 'aborted') return undefined;
  if (outcome !== 'failed') return outcome;
  if (purpose !== 'probe' || !(error instanceof SourceError)) return undefined;
  // A probe is about whether the server answers at all, if only with a fault.
  return error.kind === 'unreachable' || error.kind === 'not_xml' ? 'refused_connection' : null;
}

/** After a call that we gave up on, the server may still be at work. */
function returnOf(outcome: CallOutcome, error: unknown): PermitReturn {
  if (outcome === 'aborted' || outcome === 'timeout' || outcome === 'http_504')
    return 'serverLimit';
  return error instanceof SourceError && BROKEN_OFF.includes(error.kind) ? 'serverLimit' : 'now';
}

/** Answers of which we had read enough. */
const BROKEN_OFF: readonly SourceErrorKind[] = ['too_large', 'contract_mismatch', 'not_xml'];

function resting(state: SourceState, now: number): SourceError {
  const until = Math.max(state.breaker.probeAt, state.breaker.probingUntil);
  return new SourceError(
    'resting',
    `NetYParéo is left alone after ${state.breaker.failures} failures in a row; the next attempt follows by itself. "passerelle source health" tells more.`,
    { retryable: true, retryAfterMs: Math.max(1_000, until - now) },
  );
}

function notNow(waitMs: number): SourceError {
  return new SourceError(
    'resting',
    'NetYParéo is not to be read at this time (PASSERELLE_BLACKOUT); reading goes on by itself afterwards.',
    { retryable: true, retryAfterMs: Math.max(1_000, waitMs) },
  );
}
