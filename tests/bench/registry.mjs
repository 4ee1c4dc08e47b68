// What a registry holds after a sync, so that a side that wrote less is noticed.
import { withClient } from './databases.mjs';

const OWN = ['id', 'content_hash', 'created_at', 'updated_at'];

const COUNTS = `
  (SELECT count(*)::int FROM users WHERE status = 'active') AS users,
  (SELECT count(*)::int FROM memberships WHERE group_id IS NOT NULL) AS memberships,
  (SELECT count(*)::int FROM changes WHERE entity = 'user') AS "userChanges",
  (SELECT count(*)::int FROM changes WHERE entity = 'membership') AS "membershipChanges"`;

/** How many rows there are. */
export async function countRegistry(url) {
  return withClient(url, async (client) => (await client.query(`SELECT ${COUNTS}`)).rows[0]);
}

/** Counts, and a digest of all users and memberships apart from ids, hashes and times. */
export async function describeRegistry(url) {
  return withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT ${COUNTS},
              (SELECT ${digestOf('u')} FROM users u) AS "userDigest",
              (SELECT sum(hashtextextended(
                        u.code || ' ' || (to_jsonb(m) - $1::text[] - 'user_id' - 'group_id')::text, 0))::text
                 FROM memberships m JOIN users u ON u.id = m.user_id) AS "membershipDigest",
              (SELECT ${digestOf(`c.after - 'user_id' - 'group_id'`)} FROM changes c) AS "changeDigest"`,
      [OWN],
    );
    return rows[0];
  });
}

function digestOf(value) {
  return `sum(hashtextextended((to_jsonb(${value}) - $1::text[])::text, 0))::text`;
}

/**
 * What is wrong with a registry after a first sync; null: nothing.
 *
 * @param {{ learners: number, parts: number }} expected
 * @param {{ registry: object, parts: number }} found
 */
export function compareRegistries({ learners, parts }, { registry, parts: read }) {
  const { users, memberships, userChanges, membershipChanges } = registry;
  if ([users, memberships, userChanges, membershipChanges].every((n) => n === learners)) {
    return read === parts ? null : `The run had ${read} parts instead of ${parts}.`;
  }
  return (
    `Of ${learners} learners there are ${users} users, ${memberships} memberships, ` +
    `${userChanges} and ${membershipChanges} changes.`
  );
}
