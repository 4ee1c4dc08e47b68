import type { IsoDate } from '@passerelle/roster';
import type { Learner, Tutor } from '../model.js';
import { covers, type Span, widest } from './windows.js';

/** Who has charge of whom on a day. */
export interface Links {
  /** Active tutorships: tutor, learner and company taken together. */
  count: number;
  /** By `student:CODE`, sorted. */
  tutorsOf: ReadonlyMap<string, string[]>;
  /** By `tutor:CODE`, sorted. */
  studentsOf: ReadonlyMap<string, string[]>;
}

/** The active tutorships of known learners; contracts with one company count as one, as wide as all of them. */
export function tutorshipLinks(
  learners: readonly Learner[],
  tutors: readonly Tutor[],
  today: IsoDate,
): Links {
  const known = new Set(learners.map(({ code }) => code));
  const tutorsOf = new Map<string, string[]>();
  const studentsOf = new Map<string, string[]>();
  let count = 0;
  for (const tutor of tutors) {
    for (const learnerCode of activeCharges(tutor, today)) {
      if (known.has(learnerCode)) {
        count += 1;
        link(tutorsOf, `student:${learnerCode}`, `tutor:${tutor.code}`);
        link(studentsOf, `tutor:${tutor.code}`, `student:${learnerCode}`);
      }
    }
  }
  return { count, tutorsOf, studentsOf };
}

/** Learner codes, once per company. */
function activeCharges(tutor: Tutor, today: IsoDate): number[] {
  const spans = new Map<string, { learnerCode: number; span: Span }>();
  for (const { learnerCode, companyCode, startsOn, endsOn, terminatedOn } of tutor.contracts) {
    const key = `${learnerCode}:${companyCode ?? ''}`;
    const span = { from: startsOn, to: terminatedOn ?? endsOn };
    const other = spans.get(key);
    spans.set(key, {
      learnerCode,
      span: other === undefined ? span : widest(span, other.span),
    });
  }
  return [...spans.values()]
    .filter(({ span }) => covers(span, today))
    .map(({ learnerCode }) => learnerCode);
}

function link(links: Map<string, string[]>, from: string, to: string): void {
  const ends = links.get(from) ?? [];
  if (!ends.includes(to)) {
    links.set(from, [...ends, to].toSorted());
  }
}
