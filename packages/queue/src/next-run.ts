import { fromCronPattern, nextRun, parseSchedule } from '@passerelle/roster';
import type { RepeatStrategy } from 'bullmq';
import { QueueError } from './errors.js';

/**
 * The first time after `after` that a five-field pattern matches in a time zone,
 * or null if it never does.
 */
export type NextRun = (pattern: string, after: Date, timeZone: string) => Date | null;

/**
 * The project's own schedule rules.
 *
 * @throws QueueError for a pattern that is none
 */
export const nextScheduledRun: NextRun = (pattern, after, timeZone) => {
  const fields = fromCronPattern(pattern);
  const parsed = fields && parseSchedule(fields);
  if (parsed?.ok) return nextRun(parsed.schedule, after, timeZone);
  throw new QueueError(`"${pattern}" is not a schedule. Set the task's five fields anew.`, {
    retryable: false,
  });
};

/** Schedule rules in BullMQ's terms, where undefined means never again. */
export function repeatStrategy(rules: NextRun): RepeatStrategy {
  return (millis, { pattern, tz }) => {
    if (pattern === undefined || tz === undefined) return undefined;
    return rules(pattern, new Date(millis), tz)?.getTime();
  };
}
