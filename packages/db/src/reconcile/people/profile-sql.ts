import type { UserKind } from '@passerelle/roster';
import type { Work } from '../work.js';

/** Each code of a person, the code table it is looked up in, and the profile field it becomes. */
const CODED_FIELDS = [
  { column: 'status_code', domain: 'status', field: 'netypareo_status' },
  { column: 'cursus_code', domain: 'cursus', field: 'netypareo_cursus' },
  { column: 'program_code', domain: 'program', field: 'netypareo_program' },
  { column: 'program_step_code', domain: 'program_step', field: 'netypareo_program_step' },
] as const;

/**
 * SQL for the six profile fields of the rows of alias `p`, in the order of
 * {@link PROFILE_COLUMNS}: labels of the centre's code tables (an unknown code
 * stands for itself), the user type, and whether someone is of age today.
 * `joins` finds the labels; `values` are the parameters from `$first` on.
 */
export function profileSql(work: Work, kind: UserKind, first: number) {
  const labels = CODED_FIELDS.map(
    ({ column, field }) => `coalesce(${field}.label, p.${column}, '') AS ${field}`,
  );
  const joins = CODED_FIELDS.map(({ column, domain, field }) =>
    joinLabels(field, domain, `p.${column}`),
  );
  return {
    columns: `coalesce(usertype.label, $${first}::text) AS netypareo_usertype,
      CASE WHEN p.birth_date IS NULL THEN ''
           WHEN p.birth_date <= $${first + 1}::date THEN 'majeur'
           ELSE 'mineur' END AS netypareo_ouverage,
      ${labels.join(', ')}`,
    joins: [joinLabels('usertype', 'usertype', 'p.usertype_code'), ...joins].join('\n'),
    values: [work.context.defaultUsertypes[kind], work.context.adultBornOnOrBefore],
  };
}

function joinLabels(alias: string, domain: string, code: string): string {
  return `LEFT JOIN definitions ${alias} ON ${alias}.domain = '${domain}' AND ${alias}.code = ${code}`;
}
