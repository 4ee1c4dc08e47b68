import type { RunState } from '@passerelle/roster';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { exitCodeOf } from '../runtime/carry-through.js';

/** The gravest of several runs' exit statuses: failed before held or partial before done. */
export function exitCodeOfAll(states: readonly RunState[]): ExitCode {
  const codes = states.map(exitCodeOf);
  if (codes.includes(EXIT.failed)) return EXIT.failed;
  return codes.includes(EXIT.attention) ? EXIT.attention : EXIT.done;
}
