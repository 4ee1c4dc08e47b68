import type { UserKind } from '@passerelle/roster';
import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';
import { profileSql } from './profile-sql.js';

/**
 * Makes `incoming_people`: one row, ready to be written, for everyone who is new, changed or
 * back. Of differing records the one with the latest date of change speaks for
 * the person (none counts as the earliest), then the one with the greatest hash.
 */
export async function collectPeople(work: Work, kind: UserKind): Promise<number> {
  const profile = profileSql(work, kind, 2);
  const collected = await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE incoming_people ON COMMIT DROP AS
     SELECT coalesce(p.user_id, nextval('users_id_seq'))::int AS id,
            p.user_id IS NULL AS is_new, $1::user_kind AS kind, p.code, p.login, p.last_name,
            p.first_name, p.email, p.birth_date, p.site_code, p.usertype_code, p.status_code,
            p.cursus_code, p.program_code, p.program_step_code, ${profile.columns},
            'active'::entity_status AS status, NULL::timestamptz AS missing_since,
            NULL::date AS missing_on, NULL::date AS suspended_on,
            p.source_modified_at, p.merged_hash AS content_hash, p.search_name,
            p.search_first_name
       FROM (SELECT DISTINCT ON (s.code) s.*, k.user_id, k.hash AS merged_hash
               FROM seen_people k
               JOIN ${stagingName(work.runId, 'people')} s ON s.code = k.code AND s.is_full
              WHERE k.user_id IS NULL OR k.hash <> k.known_hash OR NOT k.was_active
              ORDER BY s.code, s.source_modified_at DESC NULLS LAST,
                       s.hash DESC) p
       ${profile.joins}`,
    kind,
    ...profile.values,
  );
  if (collected > 0) await work.tx.$executeRawUnsafe('ANALYZE incoming_people (id, code)');
  return collected;
}
