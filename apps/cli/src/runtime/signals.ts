import type { Terminal } from '../output/terminal.js';
import { note } from '../output/terminal.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** As a shell reports a process that a signal ended. */
const EXIT_STATUS = { SIGINT: 130, SIGTERM: 143 } as const;
/** One Ctrl-C arrives twice: from the terminal, and passed on by npm. */
const REPEAT_MS = 500;

/**
 * A signal for this process's work: the first SIGINT or SIGTERM aborts it, the
 * second ends the process at once.
 */
export function listenForSignals(terminal: Terminal): AbortSignal {
  const controller = new AbortController();
  let abortedAt = 0;
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) {
        if (performance.now() - abortedAt > REPEAT_MS) process.exit(EXIT_STATUS[name]);
        return;
      }
      abortedAt = performance.now();
      note(terminal, 'Stopping…');
      controller.abort();
    });
  }
  return controller.signal;
}

/** Resolves when the signal is aborted. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  // Keeps the process alive: a waiting promise alone does not.
  const timer = setInterval(() => undefined, 2 ** 30);
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(timer);
        resolve();
      },
      { once: true },
    );
  });
}
