import { fromFrenchDate } from '../dates.js';
import type { Centre } from '../model.js';
import type { OperationName } from '../wire/schema.js';
import type { RecordMaker } from '../wire/records.js';
import type { WireRecord } from '../wire/value.js';
import { pageOf } from './page.js';

/** What an operation answers: how many records, and each of them when its turn comes. */
export interface Answer {
  count: number;
  records: Iterable<WireRecord>;
  /** A text that PHP cannot encode: it answers a Fault instead, with the beginning of it. */
  unencodable?: string | undefined;
}

export type Parameters = Readonly<Record<string, string>>;

/** Operations that read lists. */
export type ListOperation = Exclude<OperationName, 'validerLogin' | 'ouvrirSession'>;

/** Answers the reading operations of one centre. */
export function createQueries(
  centre: Centre,
  make: RecordMaker,
): (operation: ListOperation, parameters: Parameters) => Answer {
  const { definitions } = centre;
  const learnersIn = indexLearners(centre);
  const unencodableIn = findUnencodable(centre);
  const operations: Readonly<Record<ListOperation, (parameters: Parameters) => Answer>> = {
    getPeriodes: () => answer(centre.periods, make.period),
    getTypesUtilisateur: () => answer(definitions.userTypes, make.userType),
    getStatuts: () => answer(definitions.statuses, make.status),
    getCursus: () => answer(definitions.cursus, make.cursus),
    getFormations: () => answer(definitions.programs, make.program),
    getAnnees: () => answer(definitions.steps, make.step),
    getSites: () => answer(centre.sites, make.site),
    getGroupes: (parameters) => page(findGroups(centre, parameters), parameters, make.group),
    getGroupesFc: (parameters) =>
      page(findShortCourses(centre, parameters), parameters, make.group),
    getApprenants: (parameters) => learners(pageOf(learnersIn(parameters), parameters)),
    getFormateurs: (parameters) => page(findTeachers(centre, parameters), parameters, make.teacher),
    getTuteurs: (parameters) => page(findTutors(centre, parameters), parameters, make.tutor),
  };
  // Positions stand in the order of the codes.
  const learners = (positions: readonly number[]): Answer => ({
    ...answer(positions, (position) => make.learner(centre.learners.at(position))),
    unencodable: unencodableIn(positions),
  });
  return (operation, parameters) => operations[operation](parameters);
}

function answer<T>(rows: readonly T[], make: (row: T) => WireRecord): Answer {
  return {
    count: rows.length,
    records: (function* () {
      for (const row of rows) {
        yield make(row);
      }
    })(),
  };
}

/** A page of a list, in the order of the codes, so that pages fit together. */
const page = <T extends { code: number }>(
  rows: readonly T[],
  parameters: Parameters,
  make: (row: T) => WireRecord,
): Answer =>
  answer(
    pageOf(
      rows.toSorted((a, b) => a.code - b.code),
      parameters,
    ),
    make,
  );

/** Finds the name that makes PHP give an answer up, where it is among these learners. */
function findUnencodable(centre: Centre): (positions: readonly number[]) => string | undefined {
  const bad = centre.shape.badByte.filter(({ mode }) => mode === 'utf8');
  if (bad.length === 0) {
    return () => undefined;
  }
  const places = [...centre.learners].flatMap(({ code }, at) =>
    bad.some((learner) => learner.code === code) ? [at] : [],
  );
  return (positions) => {
    const met = positions.find((position) => places.includes(position));
    return met === undefined ? undefined : centre.learners.at(met).lastName;
  };
}

/** Comma-separated codes; none given: all of them. */
function codes(text: string | undefined): (code: string | number | null) => boolean {
  const wanted = new Set(
    (text ?? '')
      .split(',')
      .map((code) => code.trim())
      .filter(Boolean),
  );
  return wanted.size === 0 ? () => true : (code) => code !== null && wanted.has(String(code));
}

function findGroups(centre: Centre, { codesPeriode, codesSite }: Parameters): Centre['groups'] {
  const [period, site] = [codes(codesPeriode), codes(codesSite)];
  return centre.groups.filter(
    (group) => group.kind === 'initial' && period(group.periodCode) && site(group.siteCode),
  );
}

function findShortCourses(
  centre: Centre,
  { dateDebut, dateFin, codesSite }: Parameters,
): Centre['groups'] {
  const from = fromFrenchDate(dateDebut ?? '') ?? '0000-01-01';
  const to = fromFrenchDate(dateFin ?? '') ?? '9999-12-31';
  const site = codes(codesSite);
  return centre.groups.filter(
    (group) =>
      group.kind === 'continuing' &&
      group.startsOn <= to &&
      group.endsOn >= from &&
      site(group.siteCode),
  );
}

/** Positions of the learners enrolled in one period, site and group. */
interface Bucket {
  periodCode: string;
  siteCode: number;
  groupCode: number | null;
  positions: number[];
}

/** Finds learners by where they are enrolled, without making each of them anew. */
function indexLearners(centre: Centre): (parameters: Parameters) => number[] {
  const buckets = new Map<string, Bucket>();
  for (let position = 0; position < centre.learners.length; position += 1) {
    const { present, enrolments } = centre.learners.at(position);
    for (const { periodCode, siteCode, groupCode } of present ? enrolments : []) {
      const key = `${periodCode} ${siteCode} ${groupCode}`;
      const bucket = buckets.get(key) ?? { periodCode, siteCode, groupCode, positions: [] };
      buckets.set(key, bucket);
      bucket.positions.push(position);
    }
  }
  return ({ codesPeriode, codesSite, codesGroupe }) => {
    const [period, site, group] = [codes(codesPeriode), codes(codesSite), codes(codesGroupe)];
    const found = new Set<number>();
    for (const { periodCode, siteCode, groupCode, positions } of buckets.values()) {
      if (period(periodCode) && site(siteCode) && group(groupCode)) {
        positions.forEach((position) => found.add(position));
      }
    }
    return [...found].toSorted((a, b) => a - b);
  };
}

/** Teachers posted at a site or teaching in it; those without a group count in every period. */
function findTeachers(centre: Centre, { codesPeriode, codesSite }: Parameters): Centre['teachers'] {
  const [period, site] = [codes(codesPeriode), codes(codesSite)];
  const siteOf = new Map(centre.groups.map(({ code, siteCode }) => [code, siteCode]));
  return centre.teachers.filter(
    ({ present, siteCode, assignments }) =>
      present &&
      (assignments.length === 0 || assignments.some(({ periodCode }) => period(periodCode))) &&
      (site(siteCode) || assignments.some(({ groupCode }) => site(siteOf.get(groupCode) ?? null))),
  );
}

function findTutors(centre: Centre, { codesSite }: Parameters): Centre['tutors'] {
  const site = codes(codesSite);
  return centre.tutors.filter(({ present, siteCode }) => present && site(siteCode));
}
