import type { IsoDate } from '../entities.js';
import type { PeriodDefinition } from '../planning/periods.js';
import type { FieldValue } from '../source-fields.js';
import { compareCodes } from './text.js';

/** A learner's enrolment in a period that is read, with its dates filled in. */
export interface Enrolment {
  code: string;
  flaggedCurrent: boolean;
  continuing: boolean;
  siteCode: string | null;
  groupCode: string | null;
  statusCode: string | null;
  cursusCode: string | null;
  programCode: string | null;
  stepCode: string | null;
  /** Its own start, else its period's. */
  startsOn: IsoDate | null;
  /** The departure, else the period's end. */
  endsOn: IsoDate | null;
}

/**
 * Reads the enrolments of a learner that lie in one of the periods read; an
 * enrolment without a period counts as of today's.
 */
export function enrolmentsOf(
  rows: readonly Record<string, FieldValue>[],
  readPeriods: ReadonlyMap<string, PeriodDefinition>,
): Enrolment[] {
  const enrolments: Enrolment[] = [];
  for (const row of rows) {
    const periodCode = asText(row['periodCode']);
    const period = periodCode === null ? null : readPeriods.get(periodCode);
    if (period === undefined) continue;
    enrolments.push({
      code: asText(row['code']) ?? '',
      flaggedCurrent: row['current'] === true,
      continuing: row['continuing'] === true,
      siteCode: asText(row['siteCode']),
      groupCode: asText(row['groupCode']),
      statusCode: asText(row['statusCode']),
      cursusCode: asText(row['cursusCode']),
      programCode: asText(row['programCode']),
      stepCode: asText(row['stepCode']),
      startsOn: asText(row['startsOn']) ?? period?.startsOn ?? null,
      endsOn: asText(row['departsOn']) ?? period?.endsOn ?? null,
    });
  }
  return enrolments;
}

/**
 * The enrolment whose status, cursus and programme describe the learner today,
 * chosen by flag and dates, never by position (facts/netypareo.md: the first is
 * not necessarily the current one). In order of preference: flagged current and
 * not departed; dates that contain today; the next to begin; the last to have
 * ended. Among equals the latest start, then the highest code.
 */
export function currentEnrolment(
  enrolments: readonly Enrolment[],
  today: IsoDate,
): Enrolment | null {
  let best: Enrolment | null = null;
  for (const enrolment of enrolments) {
    if (best === null || compareEnrolments(enrolment, best, today) > 0) best = enrolment;
  }
  return best;
}

function compareEnrolments(a: Enrolment, b: Enrolment, today: IsoDate): number {
  const rankA = rank(a, today);
  const rankB = rank(b, today);
  if (rankA !== rankB) return rankA - rankB;
  const [startA, startB] = [a.startsOn ?? '', b.startsOn ?? ''];
  if (startA !== startB) {
    const later = startA > startB ? 1 : -1;
    return rankA === UPCOMING ? -later : later;
  }
  return compareCodes(a.code, b.code) || compareCodes(tieText(a), tieText(b));
}

const [PAST, UPCOMING, CONTAINS_TODAY, FLAGGED] = [0, 1, 2, 3] as const;

function rank(enrolment: Enrolment, today: IsoDate): number {
  const departed = enrolment.endsOn !== null && enrolment.endsOn < today;
  if (enrolment.flaggedCurrent && !departed) return FLAGGED;
  if (departed) return PAST;
  return enrolment.startsOn !== null && enrolment.startsOn > today ? UPCOMING : CONTAINS_TODAY;
}

function tieText(enrolment: Enrolment): string {
  return JSON.stringify(enrolment);
}

function asText(value: FieldValue | undefined): string | null {
  return value === null || value === undefined || value === '' ? null : String(value);
}
