import { accountKeySql } from '../logins/login-keys.js';
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
  erased('sessions', 't.user_id = p.id', ['hash', 'previous_hash']),
  erased('tutorships', `t.id IN (SELECT l.id FROM links l WHERE l.entity = 'tutorship')`),
  erased('memberships', 't.user_id = p.id'),
  erased('login_verifiers', 't.user_id = p.id', ['salt', 'hash']),
  erased(
    'login_attempts',
    `t.account IN (SELECT ${accountKeySql('u.login')} FROM users u WHERE u.id = p.id)`,
  ),
  erased('users', 't.id = p.id'),
  pointing(
    'audit_events',
    `(t.entity = 'user' AND t.entity_id = p.id::text) OR t.actor = 'user:' || p.id
      OR (t.entity = 'grant' AND coalesce(t.after, t.before) ->> 'userId' = p.id::text)`,
  ),
  pointing('api_tokens', `t.created_by = 'user:' || p.id`, ['token_hash']),
  pointing('outbox', '(t.entity_id, t.entity) IN (SELECT l.id, l.entity FROM links l)'),
  pointing('sync_runs', 't.user_id = p.id'),
  pointing('erased_users', 't.code_hash = p.code_hash'),
  ...impersonal(
    ...['sites', 'groups', 'definitions', 'task_definitions', 'sync_run_parts'],
    ...['alerts', 'alert_deliveries', 'alert_watch'],
    ...['cluster_members', 'erasure_key', 'setup_links', 'login_key'],
    ...['source_permits', 'source_state', 'source_events', 'source_calls', 'source_pieces'],
    ...['run_events', 'bulk_retries', 'bulk_retry_runs', 'idempotency_keys'],
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
  /** Columns that an export leaves out, for they would help whoever comes by it to a password. */
  secret: readonly string[];
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

function erased(name: string, about: string, secret: readonly string[] = []): PersonTable {
  return { name, holds: 'erased', about, secret };
}

function pointing(name: string, about: string, secret: readonly string[] = []): PersonTable {
  return { name, holds: 'pointing', about, secret };
}

function impersonal(...names: string[]): PersonTable[] {
  return names.map((name) => ({ name, holds: 'impersonal', about: 'false', secret: [] }));
}
