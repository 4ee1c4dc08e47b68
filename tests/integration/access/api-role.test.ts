import { randomUUID } from 'node:crypto';
import { createDatabase, type Database, grantApiRole, keepApiRoles } from '@passerelle/db';
import { createJobQueue, migrateQueue } from '@passerelle/queue';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../support/cluster.js';
import { openTestDatabase } from '../db/open-test-database.js';
import { openCentre } from '../reconcile/centre.js';
import { person } from '../reconcile/people.js';
import { AUTHOR, type AccessDatabase, NOW, openAccess } from './open-access.js';

const ROLE = `api_${randomUUID().replaceAll('-', '').slice(0, 12)}`;

function asRole(url: string): string {
  const own = new URL(url);
  own.username = ROLE;
  own.password = 'secret';
  return own.href;
}

/** The owner's stores, and those of the API's role on the same database. */
let db: AccessDatabase;
let api: Database;
let sql: pg.Pool;
let apiUrl: string;
beforeAll(async () => {
  db = await openAccess();
  await migrateQueue({ backend: { kind: 'postgres', url: db.url }, namespace: 'queue' });
  await db.sql.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'secret'`);
  await grantApiRole(db.url, ROLE, 'queue');
  apiUrl = asRole(db.url);
  api = createDatabase(apiUrl, { poolSize: 4, log: { warn: () => undefined } });
  sql = new pg.Pool({ connectionString: apiUrl, max: 1 });
});
beforeEach(() => db.reset());
afterAll(async () => {
  await sql.end();
  await api.close();
  await db.sql.query(`DROP OWNED BY ${ROLE}; DROP ROLE ${ROLE}`);
  await db.dispose();
});

const event = { action: 'task.changed', entity: 'task', entityId: 'sync_sites' };

describe('the role of the API', () => {
  it('does what the API does', async () => {
    const userId = await db.addUser('1');
    await api.ping();
    const grant = { userId, capability: 'auth/netypareo:sync' as const };
    const given = await api.grants.addGrant(
      { ...grant, siteCode: '1', expiresAt: null },
      AUTHOR,
      NOW,
    );
    expect(given.outcome).toBe('done');
    const session = { userId, createdAt: NOW, idleUntil: NOW, expiresAt: NOW };
    const begun = { ...session, hash: 'h', replaces: null };
    const { id } = await api.sessions.createSession(begun, AUTHOR, NOW);
    expect(await api.sessions.endSession(id, AUTHOR, NOW)).toBe(true);
    expect((await api.audit.list({ limit: 9 })).items).toHaveLength(3);

    await api.personal.exportUser({ id: userId }, { by: 'user:1' }, NOW);
    await api.personal.eraseUser({ id: userId }, { by: 'user:1', reason: 'request' }, NOW);
    expect((await api.audit.list({ limit: 9 })).items[0]).toMatchObject({ action: 'user.erased' });
  });

  it('ends runs that workers have begun, and begins some that workers end', async () => {
    const request = { task: 'sync_sites', trigger: 'api' } as const;
    const scope = { periodCode: null, siteCode: null, groupCode: null, page: null };
    const part = { reading: 'sites' as const, ...scope };
    const staged = async () => {
      const { rows } = await db.sql.query(
        `SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`,
      );
      return rows.length;
    };
    for (const [one, other] of [
      [db, api],
      [api, db],
    ] as const) {
      const requested = await one.runs.requestRun(request, NOW);
      await one.runs.startRun(requested.run.id, [part], NOW);
      expect(await staged()).toBe(2);
      expect(await other.runs.endRun(requested.run.id, 'cancelled', null, NOW)).not.toBeNull();
      await db.runs.sweepStaging();
      expect(await staged()).toBe(0);
    }
  });

  it('puts jobs on the queue', async () => {
    const backend = { kind: 'postgres', url: apiUrl } as const;
    const queue = createJobQueue({ backend, namespace: 'queue', log: createLog(), maxFetches: 1 });
    try {
      await queue.enqueueRun(1, 1);
      expect(await queue.runJobsAlive(1, 1)).toBe(true);
    } finally {
      await queue.close();
    }
  });

  it.each([
    `UPDATE audit_events SET actor = 'user:1'`,
    'DELETE FROM audit_events',
    'TRUNCATE audit_events',
    `SELECT set_config('passerelle.audit_upkeep', 'retention', false); DELETE FROM audit_events`,
    `SELECT forget_audit_events(now() + interval '1 year', 1000)`,
    'ALTER TABLE audit_events DISABLE TRIGGER audit_events_append_only',
    'ALTER TABLE audit_events RENAME TO gone',
    'DROP TRIGGER audit_events_append_only ON audit_events',
    `CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql
       AS $$ BEGIN RETURN OLD; END $$`,
    'SET session_replication_role = replica',
    'DROP TABLE audit_events',
    `DELETE FROM _prisma_migrations`,
    'CREATE TABLE public.mine (a int)',
    'SET ROLE pg_database_owner',
  ])('cannot: %s', async (statement) => {
    await db.record({ ...event, after: { a: 1 } }, AUTHOR, NOW);
    const before = await db.events();
    await expect(sql.query(statement)).rejects.toMatchObject({
      code: expect.stringMatching(/^42501|^42P16/) as string,
    });
    expect(await db.events()).toEqual(before);
  });
});

describe('a run of the API itself, of one person', () => {
  it('reads, applies and writes down like any other', async () => {
    const centre = await openCentre(async () => {
      const owner = await openTestDatabase();
      await grantApiRole(owner.url, ROLE, null);
      await owner.close();
      const stores = createDatabase(asRole(owner.url), { poolSize: 4, log: createLog() });
      const dispose = async () => {
        await stores.close();
        await owner.sql.query(`DROP OWNED BY ${ROLE}`);
        await owner.sql.end();
        await owner.drop();
      };
      return { ...owner, ...stores, dispose };
    });
    try {
      const first = await centre.sync('sync_students', [{ rows: [person('1'), person('2')] }]);
      expect(first).toMatchObject({ state: 'succeeded', counts: { created: 2 } });
      const renamed = person('1', { firstName: 'Autre' });
      const own = await centre.syncLearner('1', [{ rows: [renamed] }]);
      expect(own).toMatchObject({ state: 'succeeded', counts: { updated: 1 } });
      const dry = await centre.rehearse('sync_students', [{ rows: [person('1')] }]);
      expect(dry.state).toBe('succeeded');
      const { rows } = await centre.sql.query(`SELECT FROM pg_tables WHERE schemaname = 'staging'`);
      expect(rows).toEqual([]);
    } finally {
      await centre.dispose();
    }
  });
});

describe('what later migrations make', () => {
  it('is for the role too, at once, and the audit stays append-only for it', async () => {
    // As a migration would; one of them makes the audit anew, and a function that is for nobody.
    await db.sql.query(`
      CREATE TABLE later (id serial PRIMARY KEY, said text);
      CREATE TABLE queue.later (id serial PRIMARY KEY);
      ALTER TABLE audit_events RENAME TO old_events;
      CREATE TABLE audit_events (LIKE old_events INCLUDING ALL);
      REVOKE EXECUTE ON FUNCTION empty_audit_events(int) FROM ${ROLE}`);
    try {
      await sql.query(`INSERT INTO later (said) VALUES ('a'); UPDATE later SET said = 'b'`);
      await sql.query('INSERT INTO queue.later DEFAULT VALUES');

      expect(await keepApiRoles(db.url, 'queue')).toEqual([ROLE]);
      await sql.query('DELETE FROM later; DELETE FROM queue.later');
      await sql.query('SELECT count(*) FROM audit_events');
      await sql.query('SELECT empty_audit_events(0)');
      for (const change of ['UPDATE audit_events SET actor = NULL', 'DELETE FROM audit_events']) {
        await expect(sql.query(change)).rejects.toMatchObject({ code: '42501' });
      }
      await expect(sql.query('DELETE FROM _prisma_migrations')).rejects.toMatchObject({
        code: '42501',
      });
    } finally {
      await db.sql.query(`DROP TABLE later, queue.later, audit_events;
                          ALTER TABLE old_events RENAME TO audit_events`);
    }
  });

  it('is not for a role from which it was taken away, nor for others', async () => {
    const other = `${ROLE}_other`;
    await db.sql.query(`CREATE ROLE ${other}; DROP OWNED BY ${ROLE}`);
    try {
      expect(await keepApiRoles(db.url, 'queue')).toEqual([]);
      await expect(sql.query('SELECT FROM sync_runs')).rejects.toMatchObject({ code: '42501' });
    } finally {
      await db.sql.query(`DROP ROLE ${other}`);
      await grantApiRole(db.url, ROLE, 'queue');
    }
  });
});

describe('giving it', () => {
  const grant = (role: string) => grantApiRole(db.url, role, null);

  it('may be done again', async () => {
    await expect(grant(ROLE)).resolves.toBeUndefined();
  });

  it('is refused for a role that is not there, or that would be no limit', async () => {
    await expect(grant('nobody')).rejects.toThrow('CREATE ROLE "nobody" LOGIN');
    const owner = new URL(db.url).username;
    await expect(grant(owner)).rejects.toThrow('Name another one');
  });
});
