/** What a look at one thing told: in order, worth knowing, or to be mended. */
export interface Finding {
  /** What was looked at: `database`, `source`, … */
  about: string;
  state: 'ok' | 'warning' | 'problem';
  /** A sentence; never a secret. */
  message: string;
  /** What to do about it. */
  advice: string | null;
}

/** It is as it should be. */
export function fine(about: string, message: string): Finding {
  return { about, state: 'ok', message, advice: null };
}

/** Nothing is broken, but somebody may want to know. */
export function warn(about: string, message: string, advice: string): Finding {
  return { about, state: 'warning', message, advice };
}

/** Something does not work. */
export function broken(about: string, message: string, advice: string | null): Finding {
  return { about, state: 'problem', message, advice };
}

/** What a failure says for itself: our own errors tell what to do in their message. */
export function brokenBy(about: string, error: unknown): Finding {
  return broken(about, error instanceof Error ? error.message : String(error), null);
}
