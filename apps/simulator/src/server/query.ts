import { fromFrenchDate } from '../dates.js';
import type { Centre } from '../model.js';
import type { OperationName } from '../wire/schema.js';
import type { RecordMaker } from '../wire/records.js';
import type { WireRecord } from '../wire/value.js';

/** What an operation answers: how many records, and each of them when its turn comes. */
export interface Answer {
  count: number;
  records: Iterable<WireRecord>;
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
  const operations: Readonly<Record<ListOperation, (parameters: Parameters) => Answer>> = {
    getPeriodes: () => answer(centre.periods, make.period),
    getTypesUtilisateur: () => answer(definitions.userTypes, make.userType),
    getStatuts: () => answer(definitions.statuses, make.status),
    getCursus: () => answer(definitions.cursus, make.cursus),
    getFormations: () => answer(definitions.programs, make.program),
    getAnnees: () => answer(definitions.steps, make.step),
    getSites: () => answer(centre.sites, make.site),
    getGroupes: (parameters) => answer(findGroups(centre, parameters), make.group),
    getGroupesFc: (parameters) => answer(findShortCourses(centre, parameters), make.group),
    getApprenants: (parameters) =>
      answer(learnersIn(parameters), (position) => make.learner(centre.learners.at(position))),
    getFormateurs: (parameters) => answer(findTeachers(centre, parameters), make.teacher),
    getTuteurs: (parameters) => answer(findTutors(centre, parameters), make.tutor),
  };
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
