import { countOf, type Work } from '../work.js';

/** People who were known, were read in this run, and of whom something changed. */
export async function countUpdatedPeople(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(DISTINCT k.user_id)
       FROM (SELECT id FROM changed_users UNION ALL SELECT id FROM refreshed_users
             UNION ALL ${touchedBy('memberships', 'user_id')}
             UNION ALL ${touchedBy('tutorships', 'tutor_id')}) touched
       JOIN seen_people k ON k.user_id = touched.id`,
  );
}

function touchedBy(table: 'memberships' | 'tutorships', owner: string): string {
  return `SELECT ${owner} FROM incoming_${table} WHERE is_new
          UNION ALL SELECT owner_id FROM removed_${table}
          UNION ALL SELECT l.${owner} FROM ${table} l
           WHERE l.id IN (SELECT id FROM changed_${table} UNION ALL SELECT id FROM refreshed_${table})`;
}

/** Rejected records of people of whom no other record was read; those without a code count each. */
export async function countRejectedPeople(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(*) FILTER (WHERE coalesce(r.code, '') = '')
            + count(DISTINCT r.code) FILTER (WHERE r.code <> '' AND k.code IS NULL) AS count
       FROM rejected_records r LEFT JOIN seen_people k ON k.code = r.code
      WHERE r.run_id = $1::int AND r.part_number = ANY ($2::int[])`,
    work.runId,
    work.doneParts,
  );
}
