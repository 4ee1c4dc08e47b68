import type { ApiDeps } from '@passerelle/api';
import { CAPABILITIES } from '@passerelle/roster';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { AskOptions, TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { type ClusterApi, createClusterApi } from '../../support/cluster-api.js';
import { toSignedIn } from '../../support/login-api.js';

/** What stands in these tables is what a change would change. */
const CHANGED = [
  ...['task_definitions', 'sync_runs', 'held_removals', 'bulk_retries', 'bulk_retry_runs'],
  ...['idempotency_keys', 'audit_events', 'sessions', 'setup_links', 'capability_grants'],
];

/** Every login is the learner's who is there. */
const ANYBODY: ApiDeps['logins'] = {
  validateLogin: async () => ({
    outcome: 'valid',
    person: { id: 1, kind: 'student', code: '7' },
  }),
  settled: async () => undefined,
};
const LOGIN = { username: 'ada', password: 'x' };

eachBackend(
  'a change and its trace in the audit',
  (backend) => {
    let all: ClusterApi;
    let api: TestApi;
    let token: string;

    beforeAll(async () => {
      all = await createClusterApi(backend, CAPABILITIES, { deps: { logins: ANYBODY } });
      ({ api, token } = all);
      await api.sql.query(`
        CREATE FUNCTION refuse_event() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'no room for events'; END $$;
        CREATE TRIGGER refuse_events BEFORE INSERT ON audit_events
           FOR EACH ROW EXECUTE FUNCTION refuse_event();
        ALTER TABLE audit_events DISABLE TRIGGER refuse_events;
        INSERT INTO users (kind, code, last_name, first_name, search_name, search_first_name, content_hash)
        VALUES ('student', '7', 'X', 'Y', 'x y', 'y x', '')`);
    });
    afterEach(() => api.sql.query('ALTER TABLE audit_events DISABLE TRIGGER refuse_events'));
    afterAll(() => all.dispose());

    const snapshot = async () =>
      Promise.all(
        CHANGED.map(async (table) => {
          const { rows } = await api.sql.query<{ row: string }>(
            `SELECT t::text AS row FROM ${table} t ORDER BY 1`,
          );
          return [table, ...rows.map(({ row }) => row)];
        }),
      );

    const since = '2026-01-01T00:00:00Z';
    it.each([
      ['PATCH', 'tasks/sync_sites', { hour: '5' }, 'task.changed'],
      ['POST', 'tasks/sync_sites/disable', {}, 'task.disabled'],
      ['POST', 'tasks/sync_sites/enable', {}, 'task.enabled'],
      ['POST', 'tasks/sync_sites/reset', {}, 'task.reset'],
      ['POST', 'tasks/sync_sites/runs', {}, 'run.requested'],
      ['POST', 'runs/GOING/cancel', {}, 'run.cancelled'],
      ['POST', 'runs/FAILED/retry', { whole: true }, 'run.retried'],
      ['POST', 'users/student:7/sync', {}, 'run.requested'],
      ['POST', 'runs/HELD/approve', {}, 'run.approved'],
      ['POST', 'runs/HELD/reject', {}, 'run.rejected'],
      ['POST', 'retries', { since }, 'bulk_retry.requested'],
      ['DELETE', 'retries/RETRY', undefined, 'bulk_retry.cancelled'],
    ])('are written together or not at all: %s %s', async (method, path, asked, action) => {
      const address = `/api/v1/${await named(path)}`;
      const body = asked === undefined ? {} : { body: { ...asked, reason: 'on purpose' } };
      await expectTogether(method, address, { token, ...body });
      expect((await api.audit())[0]).toMatchObject({
        ...{ action, actor: 'token:1', from: '127.0.0.1' },
        ...(asked === undefined ? {} : { reason: 'on purpose' }),
      });
    });

    it('are written together or not at all when somebody signs in, again, and out', async () => {
      await api.db.grants.addGrant({ ...RIGHT, userId: 1 }, AUTHOR, api.clock.now);
      const first = await expectTogether('POST', '/api/v1/session', { body: LOGIN });
      const { cookie } = toSignedIn(first);
      const again = { body: LOGIN, headers: { cookie } };
      const { headers } = toSignedIn(await expectTogether('POST', '/api/v1/session', again));
      await expectTogether('DELETE', '/api/v1/session', { headers });
      const [began, ended] = ['session.begun', 'session.ended'];
      const events = (await api.audit()).slice(0, 4);
      expect(events.map(({ action }) => action)).toEqual([ended, began, ended, began]);
    });

    /** Asks while no event can be written, which changes nothing, and then again. */
    async function expectTogether(method: string, path: string, asked: AskOptions) {
      const before = await snapshot();
      await api.sql.query('ALTER TABLE audit_events ENABLE TRIGGER refuse_events');
      expect((await api.ask(method, path, asked)).status).toBe(500);
      expect(await snapshot()).toEqual(before);

      await api.sql.query('ALTER TABLE audit_events DISABLE TRIGGER refuse_events');
      const answer = await api.ask(method, path, asked);
      expect(answer.status).toBeLessThan(300);
      expect(await snapshot()).not.toEqual(before);
      return answer;
    }

    /** The path with the ids of rows that fit; whatever was under way is over first. */
    async function named(path: string): Promise<string> {
      await api.sql.query(
        `UPDATE sync_runs SET state = 'cancelled', ended_at = now() WHERE ended_at IS NULL;
         DELETE FROM bulk_retries`,
      );
      const [name = ''] = /[A-Z]+/.exec(path) ?? [];
      const make = MADE[name];
      if (make === undefined) return path;
      const { rows } = await api.sql.query<{ id: number }>(`${make} RETURNING id`);
      return path.replace(name, String(rows[0]?.id));
    }
  },
  ['postgres'],
);

const AUTHOR = { by: 'cli:test', reason: null, from: null };
const RIGHT = { capability: CAPABILITIES[0], siteCode: null, expiresAt: null };
const run = (columns: string, values: string): string =>
  `INSERT INTO sync_runs (task, trigger, queued_at, ${columns})
   VALUES ('sync_teachers', 'manual', now(), ${values})`;
const MADE: Readonly<Record<string, string>> = {
  GOING: run('state', `'queued'`),
  FAILED: run('state, ended_at', `'failed', now()`),
  HELD: run('state, ended_at, hold_reason', `'held', now(), 'One removal.'`),
  RETRY: `INSERT INTO bulk_retries (since, until, requested_by, created_at)
          VALUES (now(), now(), 'cli:test', now())`,
};
