import { createClocks } from './clocks.js';
import { dealService, isBig, type ServiceEnd } from './service.js';
import { FPM_DEFAULTS, type FpmSettings } from './settings.js';

/** A call as the server sees it come. */
export interface FpmCall {
  /** Sign-ins and logins do not start the clocks of plans. */
  operation?: string | undefined;
  /** The size of the answer; 0 where it does not matter. */
  bytes?: number | undefined;
  /** The child stays busy after its work until {@link FpmModel.release}: it hands the answer over. */
  held?: boolean | undefined;
}

/** Why nginx turned a call away at once: 502, 502, or 503 with Retry-After. */
export type Refusal =
  | { why: 'capacity' | 'outage' }
  | { why: 'maintenance'; retryAfterSeconds: number };

/** Taken (`id` is told again when it ends), or turned away. */
export type Arrival = { taken: true; id: number } | ({ taken: false } & Refusal);

/** How a call that was taken ended: `crashed` and `tooBig` by SIGSEGV, `outage` with everything else. */
export interface Ended {
  id: number;
  atMs: number;
  outcome: ServiceEnd | 'timedOut' | 'outage';
  /** The connection breaks in mid-body, rather than a 502 page. */
  midBody: boolean;
}

/** What the server is like at a moment. */
export interface FpmState {
  /** Infinity: any number. */
  capacity: number;
  busy: number;
  waiting: number;
  /** Places whose child has died and is not back yet. */
  respawning: number;
}

/**
 * PHP-FPM behind nginx as a discrete-event model: no timers, no clock of its own. Times
 * are milliseconds of the caller's clock and must not go back. Real timers drive it
 * behind HTTP, tests and the bench's oracle drive it as fast as they can.
 */
export interface FpmModel {
  arrive(nowMs: number, call?: FpmCall): Arrival;
  /** Lets time pass; tells what has ended since it was last told. */
  advance(nowMs: number): Ended[];
  /** When something will happen by itself; null: only a new call changes anything. */
  nextEventMs(): number | null;
  /** When a plan (capacity, maintenance, outage) next says something else. */
  nextChangeMs(): number | null;
  /** Frees the child that held a call after its end. */
  release(nowMs: number, id: number): void;
  /** Would anything be turned away now, whatever the capacity? Asking counts as contact. */
  closed(nowMs: number): Refusal | null;
  /** Changes settings; times of plans among them count anew. */
  change(nowMs: number, settings: Partial<FpmSettings>): void;
  /** Starts the clocks of plans without waiting for a call. */
  startClocks(nowMs: number): void;
  state(): FpmState;
}

interface Waiting {
  id: number;
  bytes: number;
  held: boolean;
  deadlineMs: number;
}

interface Working extends Waiting {
  /** Infinity once it only holds its child. */
  endMs: number;
  outcome: Ended['outcome'];
  midBody: boolean;
}

const NOT_BULK: ReadonlySet<string> = new Set(['validerLogin', 'ouvrirSession']);

/** Does an operation read lists, rather than let somebody in? */
export const isBulk = (operation: string): boolean => !NOT_BULK.has(operation);

/** Makes a server; what is not said has its default. */
export function createFpmModel(given: Partial<FpmSettings> = {}): FpmModel {
  let settings: FpmSettings = { ...FPM_DEFAULTS, ...given };
  const clocks = createClocks(() => settings);
  const working = new Map<number, Working>();
  let waiting: Waiting[] = [];
  let respawns: number[] = [];
  let ended: Ended[] = [];
  let clockMs = Number.NEGATIVE_INFINITY;
  let ids = 0;
  let served = 0;

  const hasRoom = (): boolean => clocks.capacity(clockMs) - working.size - respawns.length > 0;

  function start(call: Waiting): void {
    const others = [...working.values()];
    const service = dealService(settings, served, call.bytes, {
      others: others.length,
      bigOthers: others.filter(({ bytes }) => isBig(settings, bytes)).length,
    });
    served += 1;
    const { end, midBody } = service;
    const endMs = clockMs + service.durationMs;
    working.set(
      call.id,
      endMs > call.deadlineMs
        ? { ...call, endMs: call.deadlineMs, outcome: 'timedOut', midBody: false }
        : { ...call, endMs, outcome: end, midBody },
    );
  }

  function finish(call: Working): void {
    const { id, outcome, midBody } = call;
    ended.push({ id, atMs: clockMs, outcome, midBody });
    if (outcome === 'done' && call.held) {
      working.set(id, { ...call, endMs: Number.POSITIVE_INFINITY });
      return;
    }
    working.delete(id);
    // After an outage the whole pool starts anew, with all its children.
    if (outcome !== 'done' && outcome !== 'outage' && settings.respawnMs > 0) {
      respawns.push(clockMs + settings.respawnMs);
    }
  }

  function endAll(): void {
    for (const call of working.values()) {
      if (call.endMs < Number.POSITIVE_INFINITY) {
        finish({ ...call, outcome: 'outage', midBody: false });
      }
    }
    for (const { id } of waiting) {
      ended.push({ id, atMs: clockMs, outcome: 'outage', midBody: false });
    }
    waiting = [];
    respawns = [];
  }

  /** All that happens at the moment the clock has come to. */
  function settle(): void {
    for (const call of working.values()) {
      if (call.endMs <= clockMs) finish(call);
    }
    if (clocks.left('outage', clockMs) !== null) endAll();
    respawns = respawns.filter((atMs) => atMs > clockMs);
    for (const { id, deadlineMs } of waiting) {
      if (deadlineMs <= clockMs) {
        ended.push({ id, atMs: clockMs, outcome: 'timedOut', midBody: false });
      }
    }
    waiting = waiting.filter(({ deadlineMs }) => deadlineMs > clockMs);
    while (waiting.length > 0 && hasRoom()) {
      start(waiting.shift() as Waiting);
    }
  }

  function nextEventMs(): number | null {
    const outageMs = working.size + waiting.length > 0 ? clocks.nextOutageMs(clockMs) : null;
    const forWaiting =
      waiting.length === 0
        ? []
        : [
            ...waiting.map(({ deadlineMs }) => deadlineMs),
            ...respawns,
            clocks.nextCapacityMs(clockMs) ?? Number.POSITIVE_INFINITY,
          ];
    const ends = [...working.values()].map(({ endMs }) => endMs);
    const next = Math.min(outageMs ?? Number.POSITIVE_INFINITY, ...ends, ...forWaiting);
    return next === Number.POSITIVE_INFINITY ? null : next;
  }

  function pass(nowMs: number): void {
    for (let at = nextEventMs(); at !== null && at <= nowMs; at = nextEventMs()) {
      clockMs = Math.max(clockMs, at);
      settle();
    }
    clockMs = Math.max(clockMs, nowMs);
    settle();
  }

  function closed(): Refusal | null {
    if (clocks.left('outage', clockMs) !== null) {
      return { why: 'outage' };
    }
    const leftMs = clocks.left('maintenance', clockMs);
    return leftMs === null
      ? null
      : { why: 'maintenance', retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) };
  }

  function contact(nowMs: number, bulk: boolean): Refusal | null {
    pass(nowMs);
    const refusal = closed();
    if (bulk || refusal !== null) clocks.start(clockMs);
    return refusal;
  }

  return {
    arrive(nowMs, { operation = '', bytes = 0, held = false } = {}) {
      const refusal = contact(nowMs, isBulk(operation));
      if (refusal !== null) {
        return { taken: false, ...refusal };
      }
      if (!hasRoom() && waiting.length >= settings.backlog) {
        return { taken: false, why: 'capacity' };
      }
      ids += 1;
      waiting.push({ id: ids, bytes, held, deadlineMs: clockMs + settings.timeLimitMs });
      settle();
      return { taken: true, id: ids };
    },
    advance(nowMs) {
      pass(nowMs);
      const told = ended;
      ended = [];
      return told;
    },
    nextEventMs: () => (ended.length > 0 ? clockMs : nextEventMs()),
    nextChangeMs: () => clocks.nextChangeMs(clockMs),
    release(nowMs, id) {
      pass(nowMs);
      if (working.get(id)?.endMs === Number.POSITIVE_INFINITY) {
        working.delete(id);
        settle();
      }
    },
    closed: (nowMs) => contact(nowMs, false),
    change(nowMs, more) {
      pass(nowMs);
      settings = { ...settings, ...more };
      clocks.rewind(more);
      settle();
    },
    startClocks(nowMs) {
      pass(nowMs);
      clocks.start(clockMs);
    },
    state: () => ({
      capacity: clocks.capacity(clockMs),
      busy: working.size,
      waiting: waiting.length,
      respawning: respawns.length,
    }),
  };
}
