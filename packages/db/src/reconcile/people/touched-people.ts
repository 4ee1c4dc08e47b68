import { countOf, type Work } from '../work.js';

/** Makes `touched_people`: ids of people of whom something changed, as often as it did. */
export async function createTouchedPeople(work: Work): Promise<void> {
  await work.tx.$executeRawUnsafe('CREATE TEMP TABLE touched_people (id int) ON COMMIT DROP');
}

/** Adds the ids that a query finds. */
export async function touchPeople(work: Work, query: string): Promise<void> {
  await work.tx.$executeRawUnsafe(`INSERT INTO touched_people ${query}`);
}

/** People who were known, were read in this run, and of whom something changed. */
export async function countUpdatedPeople(work: Work): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(DISTINCT k.user_id) FROM touched_people t JOIN seen_people k ON k.user_id = t.id`,
  );
}
