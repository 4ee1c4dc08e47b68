import { type DestinationStream, destination, type LevelWithSilent, pino } from 'pino';
import { sanitise } from './sanitise.js';
import { createScrubber } from './scrub.js';
import { serialiseError } from './serialise-error.js';

/** pino's own logger; `child({ runId, jobId })` adds what a line is about. */
export type Logger = pino.Logger;

export interface LoggerOptions {
  level: LevelWithSilent;
  /** The role of the process: `worker`, `scheduler`, … */
  name: string;
  /** Standard error by default: standard output is for what a command prints. */
  destination?: DestinationStream;
  /** Configured secrets, to be hidden wherever they turn up. */
  secrets?: readonly string[];
}

const STDERR = 2;

/**
 * Makes the logger of a process: one JSON document a line. Passwords, tokens,
 * authorization headers and the passwords of addresses are hidden; of an error
 * only class, message, code, stack and causes are kept.
 */
export function createLogger(options: LoggerOptions): Logger {
  const scrub = createScrubber(options.secrets ?? []);
  return pino(
    {
      level: options.level,
      name: options.name,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), log: sanitise },
      // An entry's errors are plain by then, but those bound by child() are not.
      serializers: {
        err: (value: unknown) => (value instanceof Error ? serialiseError(value) : value),
      },
      hooks: { streamWrite: scrub },
    },
    options.destination ?? destination({ fd: STDERR, sync: true }),
  );
}
