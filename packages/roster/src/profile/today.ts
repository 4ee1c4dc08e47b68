import { Temporal } from 'temporal-polyfill';
import type { IsoDate } from '../entities.js';

/**
 * The calendar day it is in a time zone.
 * @param timeZone an IANA name; throws RangeError for an unknown one
 */
export function todayIn(timeZone: string, now: Date): IsoDate {
  return Temporal.Instant.fromEpochMilliseconds(now.getTime())
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}

/** The first moment that is no longer of a day in a time zone: until when `until DAY` holds. */
export function endOfDay(date: IsoDate, timeZone: string): Date {
  const next = Temporal.PlainDate.from(date).add({ days: 1 }).toZonedDateTime(timeZone);
  return new Date(next.epochMilliseconds);
}
