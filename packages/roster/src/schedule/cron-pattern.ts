import type { ScheduleFields } from '../tasks.js';

/** The five fields as one text, the way a queue carries them: `30 2 * * *`. */
export function toCronPattern(fields: ScheduleFields): string {
  return [fields.minute, fields.hour, fields.day, fields.month, fields.weekday].join(' ');
}

/** The fields of such a text, not yet validated; null if there aren't five. */
export function fromCronPattern(pattern: string): ScheduleFields | null {
  const [minute, hour, day, month, weekday, ...rest] = pattern.trim().split(/\s+/);
  if (!minute || !hour || !day || !month || !weekday || rest.length > 0) return null;
  return { minute, hour, day, month, weekday };
}
