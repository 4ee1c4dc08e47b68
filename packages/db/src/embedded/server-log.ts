import { stat, truncate } from 'node:fs/promises';

const MAX_BYTES = 4 * 1024 * 1024;
const HOUR_MS = 3_600_000;

/**
 * Keeps the server's log from growing without end: it is emptied when too long.
 * The server appends, so that it goes on at the beginning.
 *
 * @returns stops the watching
 */
export function boundLog(path: string): () => void {
  const trim = () => void trimLog(path);
  trim();
  const timer = setInterval(trim, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}

async function trimLog(path: string): Promise<void> {
  try {
    if ((await stat(path)).size > MAX_BYTES) await truncate(path);
  } catch {
    // no log yet, or not ours to change: nothing depends on it
  }
}
