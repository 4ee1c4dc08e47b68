import { rejectedSql } from '../rejected-sql.js';
import { countOf, type Work } from '../work.js';

/** Rejected records of people of whom no other record was read; one that several parts hold counts once. */
export async function countRejectedPeople(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(DISTINCT r.identity) AS count
       FROM ${rejectedSql(work.runId)} r LEFT JOIN seen_people k ON k.code = r.code
      WHERE k.code IS NULL`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
  );
}
