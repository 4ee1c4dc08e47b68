import { addDays } from '../calendar.js';
import type { IsoDate } from '../entities.js';

/** A school year (or other period) as the definition cache knows it. */
export interface PeriodDefinition {
  code: string;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
}

/**
 * The periods to read: those that contain today or begin within `aheadDays`
 * (architecture, "Environment"). A period without dates is never read.
 */
export function selectReadPeriods(
  periods: readonly PeriodDefinition[],
  today: IsoDate,
  aheadDays: number,
): PeriodDefinition[] {
  const horizon = addDays(today, aheadDays);
  return periods.filter(
    ({ startsOn, endsOn }) =>
      startsOn !== null && endsOn !== null && endsOn >= today && startsOn <= horizon,
  );
}
