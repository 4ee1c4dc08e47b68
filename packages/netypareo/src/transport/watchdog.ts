/** Ends a call that takes too long; time in which we ourselves are busy doesn't count. */
export interface Watchdog {
  /** Something arrived. */
  progress(): void;
  pause(): void;
  resume(): void;
  stop(): void;
}

/**
 * @param totalMs for the whole call
 * @param idleMs between two pieces of an answer that has begun
 */
export function startWatchdog(
  totalMs: number,
  idleMs: number,
  onExpire: (what: string) => void,
): Watchdog {
  let remainingMs = totalMs;
  let startedAt = performance.now();
  let idle: NodeJS.Timeout | undefined;
  const expireTotal = () => onExpire(`more than ${totalMs} ms in all`);
  let total = setTimeout(expireTotal, totalMs);
  return {
    progress() {
      if (idle === undefined) {
        idle = setTimeout(() => onExpire(`nothing came for ${idleMs} ms`), idleMs);
      } else {
        idle.refresh();
      }
    },
    pause() {
      clearTimeout(total);
      clearTimeout(idle);
      idle = undefined;
      remainingMs -= performance.now() - startedAt;
    },
    resume() {
      startedAt = performance.now();
      total = setTimeout(expireTotal, Math.max(1, remainingMs));
    },
    stop() {
      clearTimeout(total);
      clearTimeout(idle);
    },
  };
}
