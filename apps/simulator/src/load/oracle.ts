import { createFpmModel, type FpmCall, type FpmModel } from './fpm-model.js';
import type { FpmSettings } from './settings.js';

/** Tries for each call after which a server counts as one that fails it for ever. */
const MAX_TRIES = 100;

/**
 * How long a client that knows everything takes for these calls, in milliseconds: it
 * always keeps exactly as many under way as the server has children at that moment, is
 * never turned away, and repeats what died. Its own work between calls takes no time.
 * The same settings give the same time; nothing that starts the same calls in the same
 * order is faster, unless the server slows down under load.
 * @param calls how many, or what each asks for, in the order in which they are begun
 * @throws RangeError when the server will never serve them all
 */
export function oracle(settings: Partial<FpmSettings>, calls: number | readonly FpmCall[]): number {
  const model = createFpmModel(settings);
  const open = typeof calls === 'number' ? Array.from({ length: calls }, () => ({})) : [...calls];
  const asked = new Map<number, FpmCall>();
  let triesLeft = open.length * MAX_TRIES;
  let nowMs = 0;
  model.startClocks(nowMs);
  for (;;) {
    triesLeft -= keepBusy(model, nowMs, open, asked);
    if (open.length === 0 && asked.size === 0) {
      return nowMs;
    }
    const next = earliest(model.nextEventMs(), model.nextChangeMs());
    if (next === null || triesLeft < 0) {
      throw new RangeError(
        `${open.length + asked.size} of the calls would never be served: the capacity stays at 0, or their answers fail by their size.`,
      );
    }
    nowMs = next;
    for (const { id, outcome } of model.advance(nowMs)) {
      const call = asked.get(id);
      asked.delete(id);
      if (call !== undefined && outcome !== 'done') open.push(call);
    }
  }
}

/** Begins calls while there are children for them; returns how many. */
function keepBusy(
  model: FpmModel,
  nowMs: number,
  open: FpmCall[],
  asked: Map<number, FpmCall>,
): number {
  let begun = 0;
  while (open.length > 0 && isFree(model, nowMs)) {
    const call = open.shift() as FpmCall;
    const arrival = model.arrive(nowMs, call);
    if (arrival.taken) asked.set(arrival.id, call);
    begun += 1;
  }
  return begun;
}

function isFree(model: FpmModel, nowMs: number): boolean {
  const isOpen = model.closed(nowMs) === null;
  const { capacity, busy, waiting, respawning } = model.state();
  return isOpen && busy + waiting + respawning < capacity;
}

const earliest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);
