import type { GroupKind, IsoDate } from '@passerelle/roster';
import { addDays, earliest, schoolYearOf } from '../dates.js';
import type { Group, Period, Program, Site } from '../model.js';
import { createRng, hash32, pickAt } from '../random.js';
import type { CentreShape } from '../shape.js';
import { DEFINITIONS } from './definitions.js';
import { codeOf } from './identity.js';
import { CITIES } from './vocabulary.js';

/** What people are put into: school years, sites, groups. */
export interface Structure {
  past: Period;
  current: Period;
  next: Period;
  sites: Site[];
  /** This year's initial groups: as many as the shape says. */
  initial: Group[];
  continuing: Group[];
  /** Last year's. */
  pastInitial: Group[];
  pastContinuing: Group[];
}

const FIRST_GROUP_CODE = { initial: 10_000, continuing: 200_000 } as const;
const PAST_OFFSET = 100_000;

const initialPrograms = DEFINITIONS.programs.filter((program) => !program.continuing);
const shortCourses = DEFINITIONS.programs.filter((program) => program.continuing);

/** Makes the school years about the shape's origin, its sites and its groups. */
export function createStructure(shape: CentreShape): Structure {
  const year = schoolYearOf(shape.origin);
  const past = schoolYear(year - 1);
  const current = schoolYear(year);
  const sites = Array.from({ length: shape.sites }, (_, index) => createSite(index));
  const groups = (kind: GroupKind, count: number, period: Period, offset: number): Group[] =>
    Array.from({ length: count }, (_, index) =>
      createGroup(shape, kind, index, FIRST_GROUP_CODE[kind] + offset + index, period, sites),
    );
  return {
    past,
    current,
    next: schoolYear(year + 1),
    sites,
    initial: groups('initial', shape.groups, current, 0),
    continuing: groups('continuing', shape.continuingGroups, current, 0),
    pastInitial: groups('initial', Math.ceil(shape.groups / 2), past, PAST_OFFSET),
    pastContinuing: groups('continuing', Math.ceil(shape.continuingGroups / 4), past, PAST_OFFSET),
  };
}

function schoolYear(year: number): Period {
  return {
    code: String(year),
    name: `Année scolaire ${year}-${year + 1}`,
    startsOn: `${year}-09-01`,
    endsOn: `${year + 1}-08-31`,
  };
}

function createSite(index: number): Site {
  const [city, zip] = pickAt(CITIES, index);
  const round = Math.floor(index / CITIES.length);
  const name = `CFA de ${city}${round === 0 ? '' : ` ${round + 1}`}`;
  return {
    code: index + 1,
    name,
    shortName: city.slice(0, 6).toUpperCase() + (round === 0 ? '' : String(round + 1)),
    fullName: `Centre de formation d'apprentis de ${city} & environs`,
    zip,
    city,
  };
}

function createGroup(
  shape: CentreShape,
  kind: GroupKind,
  index: number,
  code: number,
  period: Period,
  sites: readonly Site[],
): Group {
  const rng = createRng(shape.seed, 11, code);
  const program = programOf(kind, index);
  const yearNumber = kind === 'continuing' ? 1 : 1 + (hash32(shape.seed, code) % program.years);
  const letter =
    String.fromCharCode(65 + (index % 26)) + (index < 26 ? '' : Math.floor(index / 26));
  const label = `${program.shortName}${kind === 'initial' ? ` ${yearNumber}` : ''} ${letter}`;
  const [startsOn, endsOn] = datesOf(kind, period, rng.int(300), rng.between(2, 60));
  return {
    code,
    kind,
    name: label,
    shortName: label.replaceAll(' ', ''),
    fullName: `${program.name} - groupe ${letter}`,
    periodCode: period.code,
    siteCode: pickAt(sites, index).code,
    programCode: program.code,
    teacherCode: shape.teachers === 0 ? null : codeOf(shape, 'teacher', index % shape.teachers),
    yearNumber,
    startsOn,
    endsOn,
  };
}

const programOf = (kind: GroupKind, index: number): Program =>
  pickAt(kind === 'initial' ? initialPrograms : shortCourses, index);

function datesOf(
  kind: GroupKind,
  period: Period,
  offset: number,
  length: number,
): [IsoDate, IsoDate] {
  if (kind === 'initial') {
    return [period.startsOn, period.endsOn];
  }
  const startsOn = addDays(period.startsOn, offset);
  return [startsOn, earliest(addDays(startsOn, length), period.endsOn)];
}
