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
