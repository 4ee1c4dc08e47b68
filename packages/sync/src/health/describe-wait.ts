import type { RunWait } from '../ports/runs.js';
import type { Language } from './describe-event.js';

/**
 * What a run waits for, as a phrase.
 * @param now a time that has passed is not told any more
 * @param time shows a time in the centre's time zone
 */
export function describeWait(
  { reason, until }: RunWait,
  now: Date,
  time: (at: Date) => string,
): Record<Language, string> {
  const isAhead = until > now;
  if (reason === 'calendar') {
    const at = isAhead ? time(until) : null;
    return {
      fr: `en attente${at === null ? '' : ` jusqu’à ${at}`} : lecture non souhaitée en ce moment (PASSERELLE_BLACKOUT)`,
      en: `waiting${at === null ? '' : ` until ${at}`}: reading is not wanted now (PASSERELLE_BLACKOUT)`,
    };
  }
  return {
    fr: `en attente de NetYParéo, prochain essai ${isAhead ? `à ${time(until)}` : 'imminent'}`,
    en: `waiting for NetYParéo, next attempt ${isAhead ? `at ${time(until)}` : 'any moment'}`,
  };
}
