import type { IsoDate } from '@passerelle/roster';

/**
 * What one learner's name holds that no answer can carry: a control byte, which PHP sends
 * raw (illegal XML), or bytes that are not UTF-8, at which PHP gives up the whole answer.
 */
export const BAD_BYTE_MODES = ['control', 'utf8'] as const;
export interface BadByte {
  /** The learner's code. */
  code: number;
  mode: (typeof BAD_BYTE_MODES)[number];
}

/** What may be said of a centre; everything but the day it is about has a default. */
export interface CentreOptions {
  /** The day whose truth is told, `YYYY-MM-DD` in the centre's time zone. */
  today: IsoDate;
  /** The day about which dates are made up; `today` unless told. Keep it when `today` moves on. */
  origin?: IsoDate | undefined;
  /** Default 1. */
  seed?: number | undefined;
  /** How many days of comings and goings have passed; default 0. */
  day?: number | undefined;
  /** Default 2,000; the sizes below follow from it. */
  learners?: number | undefined;
  teachers?: number | undefined;
  tutors?: number | undefined;
  sites?: number | undefined;
  groups?: number | undefined;
  continuingGroups?: number | undefined;
  /** Learners whose only enrolment is last year's: no correct sync reads them. */
  formerLearners?: number | undefined;
  /** Exactly so many enrolments each: this year's, the others last year's. Default: a mixture. */
  enrolments?: number | undefined;
  /** Learners sent without a name. */
  badRecords?: number | undefined;
  /** The learner whom no answer can hold, or several. */
  badByte?: BadByte | readonly BadByte[] | null | undefined;
  /** Nine-digit codes and marked names, to search for leaks. */
  canary?: boolean | undefined;
}

/** A centre's sizes, all known. */
export interface CentreShape {
  today: IsoDate;
  origin: IsoDate;
  seed: number;
  day: number;
  learners: number;
  teachers: number;
  tutors: number;
  sites: number;
  groups: number;
  continuingGroups: number;
  formerLearners: number;
  enrolments: number | null;
  badRecords: number;
  badByte: readonly BadByte[];
  canary: boolean;
}

const MAX_SITES = 24;
const share = (count: number, part: number): number =>
  count === 0 ? 0 : Math.max(1, Math.round(count * part));

/** Fills in what was left open: 2,000 learners have 180 teachers, 900 tutors, 4 sites, 120 + 40 groups. */
export function resolveShape(options: CentreOptions): CentreShape {
  const learners = options.learners ?? 2_000;
  return {
    today: options.today,
    origin: options.origin ?? options.today,
    seed: options.seed ?? 1,
    day: options.day ?? 0,
    learners,
    teachers: options.teachers ?? share(learners, 0.09),
    tutors: options.tutors ?? share(learners, 0.45),
    sites: options.sites ?? Math.min(MAX_SITES, Math.max(1, Math.round(learners / 500))),
    groups: options.groups ?? Math.max(1, share(learners, 0.06)),
    continuingGroups: options.continuingGroups ?? share(learners, 0.02),
    formerLearners: options.formerLearners ?? share(learners, 0.04),
    enrolments: options.enrolments ?? null,
    badRecords: options.badRecords ?? 0,
    badByte: [options.badByte ?? []].flat(),
    canary: options.canary ?? false,
  };
}
