import type { ScheduleFields } from '../tasks.js';
import { FIELD_RULES, SCHEDULE_FIELD_NAMES } from './field-rules.js';

/**
 * Replaces `R` in minute, hour and weekday by a fixed number, as is done once
 * when a schedule is saved, so that many sites don't all call at the same time.
 * @param random a number from 0 up to, not including, 1
 */
export function resolveRandomFields(fields: ScheduleFields, random: () => number): ScheduleFields {
  const resolved = { ...fields };
  for (const name of SCHEDULE_FIELD_NAMES) {
    const { random: allowed, min, count } = FIELD_RULES[name];
    if (allowed && fields[name] === 'R') {
      resolved[name] = String(min + Math.floor(random() * count));
    }
  }
  return resolved;
}
