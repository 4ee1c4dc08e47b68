import type { Log } from '../context.js';
import type { SourceStateStore } from '../ports/source-state.js';

/** Keeps the permits of calls that are under way. */
export interface PermitKeeper {
  /** The signal is aborted when the permit could not be kept, and another may have it. */
  keep(permitId: string): { signal: AbortSignal; release(): void };
}

interface Held {
  lost: AbortController;
  /** By this process's monotonic clock, in milliseconds. */
  renewedAt: number;
}

/**
 * Renews permits three times within their lease, all of a process in one
 * statement. A call whose permit ran out is broken off: it would no longer be counted.
 */
export function createPermitKeeper(deps: {
  store: Pick<SourceStateStore, 'renew'>;
  leaseMs: number;
  log: Log;
}): PermitKeeper {
  const { store, leaseMs, log } = deps;
  const held = new Map<string, Held>();
  let timer: NodeJS.Timeout | undefined;

  const renew = async (): Promise<void> => {
    const ids = [...held.keys()];
    const at = performance.now();
    try {
      const kept = new Set(await store.renew(ids, leaseMs));
      for (const id of ids) {
        const permit = held.get(id);
        if (permit === undefined) continue;
        if (kept.has(id)) permit.renewedAt = at;
        else permit.lost.abort(new Error('The permit of this call ran out.'));
      }
    } catch (error) {
      const name = error instanceof Error ? error.name : 'unknown';
      log.warn({ error: name, permits: ids.length }, 'permits could not be renewed');
      const ranOut = [...held.values()].filter(({ renewedAt }) => at - renewedAt > leaseMs);
      for (const { lost } of ranOut) lost.abort(new Error('The permit of this call ran out.'));
    }
  };
  return {
    keep: (permitId) => {
      const lost = new AbortController();
      held.set(permitId, { lost, renewedAt: performance.now() });
      timer ??= setInterval(() => void renew(), leaseMs / 3).unref();
      return {
        signal: lost.signal,
        release: () => {
          held.delete(permitId);
          if (held.size > 0) return;
          clearInterval(timer);
          timer = undefined;
        },
      };
    },
  };
}
