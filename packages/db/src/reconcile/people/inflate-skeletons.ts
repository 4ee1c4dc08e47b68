import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';

/**
 * A person with differing records, one of which was staged as key and hash
 * alone: writes that one out in full, from the registry, which holds exactly
 * what the hash stands for. The date of change is the skeleton's own, as
 * the hash leaves it out.
 */
export async function inflateSkeletons(work: Work): Promise<void> {
  const people = stagingName(work.runId, 'people');
  const inflated = await work.tx.$executeRawUnsafe(
    `INSERT INTO ${people}
     SELECT s.part, s.attempt, true, s.code, s.hash, u.login, u.last_name, u.first_name, u.email,
            u.birth_date, u.site_code, u.usertype_code, u.status_code, u.cursus_code,
            u.program_code, u.program_step_code, s.source_modified_at, u.search_name,
            u.search_first_name
       FROM seen_people k
       JOIN ${people} s ON s.code = k.code AND NOT s.is_full AND s.hash = k.known_hash
       JOIN users u ON u.id = k.user_id
      WHERE k.differing AND k.has_skeleton`,
  );
  if (inflated > 0) await inflateLinks(work);
}

async function inflateLinks(work: Work): Promise<void> {
  const owners = 'seen_people k ON k.differing AND k.has_skeleton AND k.user_id';
  await work.tx.$executeRawUnsafe(
    `INSERT INTO ${stagingName(work.runId, 'memberships')}
     SELECT 0, 0, k.code, m.group_kind, m.group_code, m.role, m.starts_on, m.ends_on
       FROM memberships m JOIN ${owners} = m.user_id WHERE m.removed_at IS NULL`,
  );
  await work.tx.$executeRawUnsafe(
    `INSERT INTO ${stagingName(work.runId, 'tutorships')}
     SELECT 0, 0, k.code, t.student_code, t.company_code, t.company, t.starts_on, t.ends_on
       FROM tutorships t JOIN ${owners} = t.tutor_id WHERE t.removed_at IS NULL`,
  );
}
