import { GROUP_KINDS, USER_KINDS } from '@passerelle/roster';
import type { PlanFilter } from '@passerelle/sync';
import type { PlannedRun } from './plan-rows.js';

/** A filter as SQL. */
export interface FilterSql {
  /** On rows of the table itself: what it passes over need not be put into words. */
  within: string;
  /** On rows of the plan. */
  outside: string;
  /** Of the parameters, from the first on. */
  values: unknown[];
}

/** A condition; `?` is its parameter, `?2` the next. */
interface Asked {
  sql: string;
  values: unknown[];
}

/** What a filter asks for, with parameters from `$first` on. */
export function filterSql(run: PlannedRun, filter: PlanFilter, first: number): FilterSql {
  const { entity, kind, siteCode, group, user } = filter;
  const within: Asked[] = [
    ...(entity === undefined ? [] : [{ sql: 'entity = ?::text', values: [entity] }]),
    ...(kind === undefined ? [] : [{ sql: 'kind = ?::text', values: [kind] }]),
    ...(group === undefined ? [] : [askForGroup(run, group)]),
    ...(user === undefined ? [] : [askForUser(run, user)]),
  ];
  const outside =
    siteCode === undefined ? [] : [{ sql: 'site_code = ?::text', values: [siteCode] }];
  const number = numberer(first);
  return {
    within: ['true', ...within.map(number)].join(' AND '),
    outside: ['true', ...outside.map(number)].join(' AND '),
    values: [...within, ...outside].flatMap(({ values }) => values),
  };
}

/** Gives each parameter its number. */
function numberer(first: number): (asked: Asked) => string {
  let next = first;
  return ({ sql, values }) => {
    const start = next;
    next += values.length;
    return `(${sql.replaceAll(/\?(\d?)/g, (_, nth: string) => `$${start + Number(nth || 1) - 1}`)})`;
  };
}

function askForGroup(
  { dryRun }: PlannedRun,
  { kind, code }: NonNullable<PlanFilter['group']>,
): Asked {
  const kinds = kind === undefined ? GROUP_KINDS : [kind];
  return dryRun
    ? { sql: 'group_ref = ANY (?::text[])', values: [kinds.map((of) => `${of}:${code}`)] }
    : { sql: GROUP_SQL, values: [kinds, code] };
}

function askForUser(
  { dryRun }: PlannedRun,
  { kind, code }: NonNullable<PlanFilter['user']>,
): Asked {
  const kinds = kind === undefined ? USER_KINDS : [kind];
  return dryRun
    ? {
        sql: 'person = ANY (?::text[]) OR student = ANY (?::text[])',
        values: [kinds.map((of) => `${of}:${code}`)],
      }
    : { sql: USER_SQL, values: [kinds, code] };
}

const GROUPS = 'SELECT id FROM groups WHERE kind = ANY (?::group_kind[]) AND code = ?2::text';

/** Of groups that are not known yet, there are memberships only. */
const GROUP_SQL = `
  entity = 'group' AND entity_id = ANY (ARRAY(${GROUPS}))
  OR entity = 'membership' AND entity_id = ANY (ARRAY(
       SELECT id FROM memberships WHERE group_id IN (${GROUPS})
       UNION ALL
       SELECT id FROM memberships WHERE group_id IS NULL
          AND group_kind = ANY (?::group_kind[]) AND group_code = ?2::text))`;

const USERS = 'SELECT id FROM users WHERE kind = ANY (?::user_kind[]) AND code = ?2::text';

/** Of learners who are not known yet, there are tutorships only. */
const USER_SQL = `
  entity = 'user' AND entity_id = ANY (ARRAY(${USERS}))
  OR entity = 'membership' AND entity_id = ANY (ARRAY(
       SELECT id FROM memberships WHERE user_id IN (${USERS})))
  OR entity = 'tutorship' AND entity_id = ANY (ARRAY(
       SELECT id FROM tutorships WHERE tutor_id IN (${USERS}) OR student_id IN (${USERS})
       UNION ALL
       SELECT id FROM tutorships WHERE student_id IS NULL
          AND 'student' = ANY (?::user_kind[]) AND student_code = ?2::text))`;
