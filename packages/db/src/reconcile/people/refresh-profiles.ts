import type { UserKind } from '@passerelle/roster';
import { PROFILE_COLUMNS, USERS } from '../rows/row-spec.js';
import { updateRows } from '../rows/update-rows.js';
import type { Work } from '../work.js';
import { profileSql } from './profile-sql.js';

/**
 * Computes the profile fields of all users of a kind anew, as a birthday and a
 * definition's new label change them without any change of the record.
 * Leaves `fresh_users`.
 *
 * @returns how many differed
 */
export async function refreshProfiles(work: Work, kind: UserKind): Promise<number> {
  const profile = profileSql(work, kind, 2);
  const columns = PROFILE_COLUMNS.join(', ');
  const known = PROFILE_COLUMNS.map((column) => `p.${column} AS old_${column}`);
  const only = work.person === null ? '' : `AND p.id = ${work.person}`;
  const found = await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE fresh_users ON COMMIT DROP AS
     SELECT id, false AS is_new, ${columns}
       FROM (SELECT p.id, ${known.join(', ')}, ${profile.columns}
               FROM users p ${profile.joins} WHERE p.kind = $1::user_kind ${only}) n
      WHERE ROW(${columns}) IS DISTINCT FROM
            ROW(${PROFILE_COLUMNS.map((column) => `old_${column}`).join(', ')})`,
    kind,
    ...profile.values,
  );
  if (found === 0) return 0;
  const shown = { shown: PROFILE_COLUMNS, hidden: [] };
  await updateRows(work, USERS, 'fresh_users', 'refreshed_users', shown);
  return found;
}
