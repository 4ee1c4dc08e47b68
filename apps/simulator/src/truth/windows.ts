import type { IsoDate } from '@passerelle/roster';
import { addDays } from '../dates.js';
import type { Centre, Enrolment, Group, Period } from '../model.js';

/** Periods are read when they contain today or begin within so many days (architecture, Environment). */
const AHEAD_DAYS = 90;

/** From a day to a day, both included; null is open. */
export interface Span {
  from: IsoDate | null;
  to: IsoDate | null;
}

/** Does a day lie within a span? */
export const covers = ({ from, to }: Span, day: IsoDate): boolean =>
  (from === null || from <= day) && (to === null || day <= to);

/** The periods that are read on a day, by code. */
export function periodsRead(centre: Centre, today: IsoDate): ReadonlyMap<string, Period> {
  const horizon = addDays(today, AHEAD_DAYS);
  const read = centre.periods.filter(
    ({ startsOn, endsOn }) => startsOn <= horizon && endsOn >= today,
  );
  return new Map(read.map((period) => [period.code, period]));
}

/** The groups a sync comes to know: initial ones of the periods read, short courses within their dates. */
export function groupsKnown(
  centre: Centre,
  periods: ReadonlyMap<string, Period>,
): ReadonlyMap<number, Group> {
  const known = centre.groups.filter((group) =>
    group.kind === 'initial'
      ? periods.has(group.periodCode)
      : [...periods.values()].some(
          ({ startsOn, endsOn }) => group.startsOn <= endsOn && group.endsOn >= startsOn,
        ),
  );
  return new Map(known.map((group) => [group.code, group]));
}

/** When an enrolment holds: open ends are the period's. */
export const spanOf = (
  { startsOn, departsOn }: Pick<Enrolment, 'startsOn' | 'departsOn'>,
  period: Period,
): Span => ({ from: startsOn ?? period.startsOn, to: departsOn ?? period.endsOn });

/** Covers both; an open end stays open. */
export function widest(a: Span, b: Span): Span {
  const from = a.from === null || b.from === null ? null : a.from < b.from ? a.from : b.from;
  const to = a.to === null || b.to === null ? null : a.to > b.to ? a.to : b.to;
  return { from, to };
}
