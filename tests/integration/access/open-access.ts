import type { Capability } from '@passerelle/roster';
import type { AccessContext, Author } from '@passerelle/sync';
import { openTestDatabase } from '../db/open-test-database.js';

export const NOW = new Date('2026-10-01T12:00:00Z');
export const AUTHOR = { by: 'cli:test', reason: 'test', from: 'terminal' };

/** So many milliseconds after {@link NOW}. */
export const later = (ms: number): Date => new Date(NOW.getTime() + ms);
export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export type AccessDatabase = Awaited<ReturnType<typeof openAccess>>;

/** The stores over a database with two sites and teachers. */
export async function openAccess() {
  const db = await openTestDatabase();

  /** Empties what tests write. */
  const reset = async () => {
    await db.sql.query(
      `SET LOCAL session_replication_role = replica;
       TRUNCATE users, sites, capability_grants, api_tokens, sessions, setup_links, audit_events,
                erased_users RESTART IDENTITY CASCADE`,
    );
    for (const code of ['1', '2']) {
      await db.sql.query(`INSERT INTO sites (code, name, content_hash) VALUES ($1, $1, '')`, [
        code,
      ]);
    }
  };

  /** A teacher; returns the id. */
  const addUser = async (code: string, siteCode: string | null = null): Promise<number> => {
    const { rows } = await db.sql.query<{ id: number }>(
      `INSERT INTO users (kind, code, last_name, first_name, site_code, content_hash,
                          search_name, search_first_name)
       VALUES ('teacher', $1, 'NOM', 'Prénom', $2, '', '', '') RETURNING id`,
      [code, siteCode],
    );
    return rows[0]?.id ?? 0;
  };

  const suspend = (id: number) =>
    db.sql.query(`UPDATE users SET status = 'suspended' WHERE id = $1`, [id]);
  /** A right, given by nobody in particular; returns its id. */
  const give = async (
    userId: number,
    capability: Capability,
    siteCode: string | null = null,
    expiresAt: Date | null = null,
  ): Promise<number> => {
    const grant = { userId, capability, siteCode, expiresAt };
    const result = await db.grants.addGrant(grant, AUTHOR, NOW);
    if (result.outcome !== 'done') throw new Error(`It was ${result.outcome}.`);
    return result.grant.id;
  };

  /** What the use cases are built from, at a moment. */
  const at = (now: Date): AccessContext => ({ ...db, now: () => now });
  /** An event, as stores write it. */
  const record = async (
    event: { action: string; entity: string; entityId: string; before?: object; after?: object },
    { by, reason, from }: Author,
    now: Date,
  ): Promise<void> => {
    const { action, entity, entityId, before = null, after = null } = event;
    await db.sql.query(
      `INSERT INTO audit_events (occurred_at, actor, action, entity, entity_id, before, after,
                                 reason, from_where) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [now, by, action, entity, entityId, before, after, reason, from],
    );
  };
  const events = async () => (await db.audit.list({ limit: 200 })).items;
  return { ...db, reset, addUser, suspend, give, at, record, events };
}
