/** Where this package writes; pino's logger fits. Only ids, names and counts are written. */
export interface QueueLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(bindings: Record<string, unknown>): QueueLog;
}

const REPEAT_AFTER_MS = 30_000;
const MAX_REMEMBERED = 100;
const MAX_FRAMES = 8;

/**
 * Logs errors of connections and workers. They come by the hundred while a
 * server is away, so the same message is written at most once per 30 s, with the
 * number left out in between.
 */
export function createErrorLog(log: QueueLog, now: () => number): (error: unknown) => void {
  const seen = new Map<string, { at: number; leftOut: number }>();
  return (error) => {
    const message = describeError(error);
    const last = seen.get(message);
    if (last && now() - last.at < REPEAT_AFTER_MS) {
      last.leftOut += 1;
      return;
    }
    if (seen.size >= MAX_REMEMBERED) seen.clear();
    seen.set(message, { at: now(), leftOut: 0 });
    log.warn({ error: message, repeated: last?.leftOut ?? 0 }, 'queue error');
  };
}

/** An error in one line; ioredis and pg sometimes leave the message empty and set a code. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message || code || error.name;
}

/**
 * What may be logged of an error nobody foresaw: its name, code and stack frames.
 * Not its message, which may quote a person's data (a database's errors do).
 */
export function describeThrown(error: unknown): object {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = error.stack?.split('\n').filter((line) => /^\s+at /.test(line)) ?? [];
  const code = 'code' in error ? String(error.code) : undefined;
  return { name: error.name, code, frames: frames.slice(0, MAX_FRAMES) };
}
