import { describeWait, type Language, type RunWait } from '@passerelle/sync';
import type { Context } from '../context.js';
import { languageOf } from './language.js';

/** `waiting for NetYParéo, next attempt at 02:41`, in the user's language unless one is named. */
export function sayWait(
  { terminal, format, now }: Pick<Context, 'terminal' | 'format' | 'now'>,
  wait: RunWait,
  language: Language = languageOf(terminal),
): string {
  const at = now();
  return describeWait(wait, at, (until) => format.time(until, at))[language];
}
