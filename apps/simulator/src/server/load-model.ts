import type { Ended, FpmCall, FpmModel, FpmState, Refusal } from '../load/fpm-model.js';
import type { FpmSettings } from '../load/settings.js';

/** What becomes of a call before its answer is looked at; one that is served is to be released. */
export type Verdict =
  | { outcome: 'serve'; id: number }
  | { outcome: 'refuse'; refusal: Refusal }
  | { outcome: 'fail'; how: Exclude<Ended['outcome'], 'done'>; midBody: boolean };

/** How the server bears load, in real time. */
export interface LoadModel {
  /** Resolves when the call's child has its answer ready, or has failed. */
  admit(call: FpmCall): Promise<Verdict>;
  /** The answer has been handed over, or its client has gone: the child is free. */
  release(id: number): void;
  /** Is anything turned away now, whatever the capacity? */
  closed(): Refusal | null;
  change(settings: Partial<FpmSettings>): void;
  startClocks(): void;
  state(): FpmState;
  /** Stops its timer. */
  close(): void;
}

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Drives a model by real timers.
 * @param now milliseconds that never go back
 */
export function createLoadModel(model: FpmModel, now: () => number): LoadModel {
  const waiting = new Map<number, (verdict: Verdict) => void>();
  let timer: NodeJS.Timeout | undefined;

  function tell({ id, outcome: how, midBody }: Ended): void {
    waiting.get(id)?.(
      how === 'done' ? { outcome: 'serve', id } : { outcome: 'fail', how, midBody },
    );
    waiting.delete(id);
  }

  /** Tells what has ended, and comes back for what ends next. */
  function tick(): void {
    clearTimeout(timer);
    model.advance(now()).forEach(tell);
    const next = model.nextEventMs();
    if (next !== null) {
      timer = setTimeout(tick, Math.min(LONGEST_TIMER_MS, Math.max(0, next - now())));
    }
  }

  return {
    admit: (call) =>
      new Promise((resolve) => {
        const arrival = model.arrive(now(), { ...call, held: true });
        if (arrival.taken) {
          waiting.set(arrival.id, resolve);
        } else {
          resolve({ outcome: 'refuse', refusal: arrival });
        }
        // At once: a call that takes no time must not wait for a timer.
        tick();
      }),
    release(id) {
      model.release(now(), id);
      tick();
    },
    closed: () => model.closed(now()),
    change(settings) {
      model.change(now(), settings);
      tick();
    },
    startClocks: () => model.startClocks(now()),
    state() {
      tick();
      return model.state();
    },
    close: () => clearTimeout(timer),
  };
}
