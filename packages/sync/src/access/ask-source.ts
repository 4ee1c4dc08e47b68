import { setTimeout as delay } from 'node:timers/promises';
import type { SyncContext } from '../context.js';
import { retryDelayMs } from '../overload/retry-delay.js';
import type { LoginSource } from '../ports/logins.js';
import { SourceError } from '../ports/source.js';

export interface AskDeps extends Pick<SyncContext, 'sourceState' | 'overload' | 'random'> {
  source: LoginSource;
}

/** Later than this nobody wants to wait for a second try. */
const RETRY_WITHIN_MS = 8_000;

/**
 * Asks the source about a login. A call that met a server with too much to do is made
 * once more, if the cluster's retry budget lets it soon enough.
 *
 * @param cleared what must come out well before the source is asked
 * @throws SourceError when it cannot tell; what `cleared` fails with
 */
export async function askSource(
  deps: AskDeps,
  { username, password }: { username: string; password: string },
  signal: AbortSignal,
  cleared: Promise<unknown>,
): Promise<'yes' | 'no'> {
  const startedAt = performance.now();
  try {
    return await deps.source.validateLogin(username, password, signal, cleared);
  } catch (error) {
    if (!isWorthARetry(error)) throw error;
    const waitMs = Math.max(await retryDelayMs(deps, 1), error.retryAfterMs ?? 0);
    if (performance.now() - startedAt + waitMs > RETRY_WITHIN_MS) throw error;
    await pause(waitMs, signal);
    return deps.source.validateLogin(username, password, signal);
  }
}

/** A server that rests, or took its time, is not asked at once again. */
function isWorthARetry(error: unknown): error is SourceError {
  if (!(error instanceof SourceError) || !error.retryable) return false;
  return error.overload !== undefined && error.overload !== 'timeout';
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } finally {
    signal.throwIfAborted();
  }
}
