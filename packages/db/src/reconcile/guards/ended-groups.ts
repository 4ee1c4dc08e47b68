import type { Work } from '../work.js';

/**
 * Makes `ended_groups`: ids of groups of a period whose last day lies before the
 * day of the run. What leaves with them is the change of school year. A period
 * that vanished, or has no dates, excuses nothing: its definition may only have
 * been lost.
 */
export async function findEndedGroups(work: Work): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE ended_groups ON COMMIT DROP AS
     SELECT g.id FROM groups g
       JOIN definitions d ON d.domain = 'period' AND d.code = g.period_code
      WHERE d.ends_on < $1::date`,
    work.context.today,
  );
}
