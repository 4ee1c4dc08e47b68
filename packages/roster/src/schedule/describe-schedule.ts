import type { ScheduleFields } from '../tasks.js';
import { describeDays } from './describe-days.js';
import { describeTimes } from './describe-times.js';
import type { Bilingual } from './field-rules.js';
import { parseSchedule } from './parse-schedule.js';

const INVALID: Bilingual = { fr: 'programmation invalide', en: 'invalid schedule' };

/**
 * Says in words when a schedule runs: "tous les jours à 02:30". Two schedules
 * with the same words run at the same times; where no natural words fit, the
 * values are enumerated. Fields that don't parse are called an invalid schedule.
 */
export function describeSchedule(fields: ScheduleFields): Bilingual {
  const parsed = parseSchedule(fields);
  if (!parsed.ok) return INVALID;
  const days = describeDays(parsed.schedule);
  if (days.never) return days.text;
  const times = describeTimes(parsed.schedule);
  const { everyDay, closed, text } = days;
  if (everyDay && times.allDay) return times.text;
  const joint = closed || !times.listed ? ', ' : ' ';
  return { fr: text.fr + joint + times.text.fr, en: text.en + joint + times.text.en };
}
