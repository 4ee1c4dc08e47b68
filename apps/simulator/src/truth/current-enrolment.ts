import type { IsoDate } from '@passerelle/roster';
import type { Enrolment, Period } from '../model.js';
import { covers, type Span, spanOf } from './windows.js';

interface Candidate {
  enrolment: Enrolment;
  span: Span;
}

/**
 * The enrolment that tells a learner's status, cursus, programme and step on a day, among
 * those of the periods read: flagged and not departed; else one whose dates contain the
 * day; else the next to begin; else the last that ended. Ties: latest start, then highest code.
 */
export function currentEnrolment(
  enrolments: readonly Enrolment[],
  periods: ReadonlyMap<string, Period>,
  today: IsoDate,
): Enrolment | null {
  const candidates = enrolments.flatMap((enrolment) => {
    const period = periods.get(enrolment.periodCode);
    return period === undefined ? [] : [{ enrolment, span: spanOf(enrolment, period) }];
  });
  const flagged = candidates.filter(
    ({ enrolment: { current, departsOn } }) =>
      current && (departsOn === null || departsOn >= today),
  );
  return (
    last(flagged, byStart) ??
    last(
      candidates.filter(({ span }) => covers(span, today)),
      byStart,
    ) ??
    last(
      candidates.filter(({ span: { from } }) => from !== null && from > today),
      (a, b) => compare(b.span.from, a.span.from) || a.enrolment.code - b.enrolment.code,
    ) ??
    last(candidates, byStart)
  );
}

const compare = (a: string | null, b: string | null): number => {
  const [left, right] = [a ?? '', b ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
};

const byStart = (a: Candidate, b: Candidate): number =>
  compare(a.span.from, b.span.from) || a.enrolment.code - b.enrolment.code;

function last(
  candidates: readonly Candidate[],
  order: (a: Candidate, b: Candidate) => number,
): Enrolment | null {
  return candidates.toSorted(order).at(-1)?.enrolment ?? null;
}
