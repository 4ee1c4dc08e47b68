import type { SqlClient } from '../staging/tables.js';

/**
 * The one list of what each table holds about people. A table that is not here fails
 * a test: whoever adds one decides what becomes of it when a person is erased.
 * Tables are read and emptied in this order: the history is found through the links.
 */
export const PERSON_TABLES: readonly PersonTable[] = [
  erased('changes', '(t.entity_id, t.entity) IN (SELECT l.id, l.entity FROM links l)'),
  erased('held_removals', '(t.entity_id, t.entity) IN (SELECT l.id, l.entity FROM links l)'),
  erased('protections', '(t.entity_id, t.entity) IN (SELECT l.id, l.entity FROM links l)'),
  erased('planned_changes', `p.kind || ':' || p.code IN (t.person, t.student)`),
  erased('rejected_records', 't.entity = p.reading AND t.code = p.code'),
  erased('quarantine', 't.entity = p.reading AND t.code = p.code'),
  erased('capability_grants', 't.user_id = p.id'),
  erased('tutorships', `t.id IN (SELECT l.id FROM links l WHERE l.entity = 'tutorship')`),
  erased('memberships', 't.user_id = p.id'),
  erased('users', 't.id = p.id'),
  pointing('audit_events', `t.entity = 'user' AND t.entity_id = p.id::text`),
  pointing('outbox', '(t.entity_id, t.entity) IN (SELECT l.id, l.entity FROM links l)'),
  pointing('sync_runs', 't.user_id = p.id'),
  pointing('erased_users', 't.code_hash = p.code_hash'),
  ...impersonal(
    ...['sites', 'groups', 'definitions', 'task_definitions', 'sync_run_parts'],
    ...['api_tokens', 'cluster_members', 'erasure_key'],
    ...['source_permits', 'source_state', 'source_events', 'source_calls', 'source_pieces'],
    '_prisma_migrations',
  ),
];

/**
 * - `erased`: its rows on a person go with them
 * - `pointing`: points to people by id or hash only, and stays
 * - `impersonal`: is about nobody
 */
export interface PersonTable {
  name: string;
  holds: 'erased' | 'pointing' | 'impersonal';
  /** SQL on its alias `t`, with `p` (id, kind, code, reading, code_hash) and `links` (id, entity). */
  about: string;
}

/**
 * What the conditions of {@link PERSON_TABLES} speak of: parameters are the id (or
 * null), kind, code, reading and hash of one person.
 */
export const PERSON_SQL = `
  person AS (SELECT $1::int AS id, $2::user_kind AS kind, $3::text AS code, $4::text AS reading,
                    $5::text AS code_hash),
  links AS (
    SELECT id, 'user' AS entity FROM person WHERE id IS NOT NULL
     UNION ALL
    SELECT m.id, 'membership' FROM memberships m JOIN person p ON m.user_id = p.id
     UNION ALL
    SELECT t.id, 'tutorship' FROM tutorships t JOIN person p
        ON t.tutor_id = p.id OR (p.kind = 'student' AND t.student_code = p.code))`;

/** Those of {@link PERSON_TABLES} that this database has, and that say anything of people. */
export async function tablesOnPeople(db: SqlClient): Promise<PersonTable[]> {
  const rows = await db.$queryRawUnsafe<{ name: string }[]>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const there = new Set(rows.map(({ name }) => name));
  return PERSON_TABLES.filter(({ name, holds }) => holds !== 'impersonal' && there.has(name));
}

function erased(name: string, about: string): PersonTable {
  return { name, holds: 'erased', about };
}

function pointing(name: string, about: string): PersonTable {
  return { name, holds: 'pointing', about };
}

function impersonal(...names: string[]): PersonTable[] {
  return names.map((name) => ({ name, holds: 'impersonal', about: 'false' }));
}
