import { readFile } from 'node:fs/promises';
import { type ApiDeps, ROUTES } from '@passerelle/api';
import { CAPABILITIES } from '@passerelle/roster';
import { createSetupLink } from '@passerelle/sync';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import { type CurlCall, curlLines, parseCurl } from './curl.js';
import { insertPeople } from './two-sites.js';

const page = await readFile(new URL('../../../docs/fr/api.md', import.meta.url), 'utf8');
const lines = curlLines(page);

/** What only browsers ask for. */
const ELSEWHERE = /^GET \/setup/;

// Nothing runs what is put on the queue, so that one backend shows all.
eachBackend(
  'the calls of docs/fr/api.md',
  (backend) => {
    let cluster: TestCluster;
    let api: TestApi;
    let token: string;
    let secret: string;
    const asked: CurlCall[] = [];
    /** What curl keeps in its files of cookies, and the reader in a variable. */
    const jars: Record<string, string> = {};
    let csrfToken = '';
    const stopping = new AbortController();

    beforeAll(async () => {
      cluster = await createCluster(backend);
      await fillRegistry(cluster);
      api = await createTestApi({ cluster, deps: { logins: ADA } });
      token = await api.token(CAPABILITIES);
      const { setupLinks } = cluster.db;
      const link = await createSetupLink({ setupLinks, now: () => api.clock.now }, api.url);
      secret = new URL(link?.url ?? '').hash.slice(1);
    });
    afterAll(async () => {
      stopping.abort();
      await api.dispose();
      await cluster.dispose();
    });

    const LOGIN = { username: 'z.legoff', password: 'secret' };
    const read = (line: string): CurlCall =>
      parseCurl(line, {
        variables: { API: `${api.url}/api/v1`, SERVEUR: api.url, CSRF: csrfToken },
        files: {
          'api.curl': `header = "Authorization: Bearer ${token}"`,
          'personne.curl': 'silent',
          'identifiant.json': JSON.stringify(LOGIN),
          'premier.json': JSON.stringify({ ...LOGIN, secret }),
        },
      });

    it.each(lines)('%s', async (line) => {
      const call = read(line);
      asked.push(call);
      const { url, method, headers, body, cookies = {} } = call;
      const cookie = jars[cookies.from ?? ''];
      const response = await fetch(url, {
        ...{ method, signal: stopping.signal },
        headers: { ...headers, ...(cookie === undefined ? {} : { cookie }) },
        ...(body === undefined ? {} : { body }),
      });
      const kept = response.headers.get('set-cookie')?.split(';', 1)[0];
      if (kept !== undefined && cookies.to !== undefined) jars[cookies.to] = kept;
      const follows =
        response.headers.get('content-type')?.startsWith('text/event-stream') === true;
      const said = follows ? '' : await response.text();

      expect({ status: response.status, said: response.ok || said }).toEqual({
        ...{
          status: expect.toSatisfy((status) => [200, 201, 202, 204].includes(status as number)),
        },
        said: true,
      });
      csrfToken = /"csrfToken":"([^"]+)"/.exec(said)?.[1] ?? csrfToken;
      if (method === 'GET' && url.includes('search=')) expect(said).toMatch(/"items":\[\{/);
      if (follows) await response.body?.cancel();
    });

    it('are there for every route', () => {
      const calls = asked.map(({ method, url }) => `${method} ${new URL(url).pathname}`);
      const missing = ROUTES.filter(({ method, url }) => {
        const pattern = new RegExp(`^${method} ${url.replace(/:\w+/g, '[^/]+')}$`);
        return !ELSEWHERE.test(`${method} ${url}`) && !calls.some((call) => pattern.test(call));
      });
      expect(missing.map(({ method, url }) => `${method} ${url}`)).toEqual([]);
    });
  },
  ['postgres'],
);

/** Everybody is who they say. */
const ADA: ApiDeps['logins'] = {
  validateLogin: async () => ({
    outcome: 'valid',
    person: { id: 1, kind: 'student', code: '1234' },
  }),
  settled: async () => undefined,
};

/** What the document speaks of. */
async function fillRegistry({ sql, db, clock }: TestCluster): Promise<void> {
  await db.tasks.seedTasks(clock.now, () => null);
  await insertPeople(sql, [
    ...[
      { kind: 'student' as const, code: '1234', login: 'z.legoff', site: '1' },
      { code: '1235' },
    ].map((person) => ({
      kind: 'student' as const,
      lastName: 'Le Goff',
      firstName: 'Zoé',
      ...person,
    })),
    { kind: 'student', code: '1236', lastName: 'Parti', firstName: 'Luc' },
    { kind: 'tutor', code: '1236', lastName: 'Parti', firstName: 'Luc' },
    { kind: 'teacher', code: '9', lastName: 'Morel', firstName: 'Anne', site: '1' },
  ]);
  await sql.query(`
    INSERT INTO sites (code, name, content_hash) VALUES ('1', 'Angers', 'h');
    INSERT INTO groups (kind, code, name, period_code, site_code, content_hash) VALUES
      ('initial', '1012', 'CAP boulangerie', '2026', '1', 'h');
    INSERT INTO definitions (domain, code, label, starts_on, ends_on, content_hash) VALUES
      ('period', '2026', '2026-2027', '2026-09-01', '2027-08-31', 'h');
    INSERT INTO sync_runs (id, task, state, trigger, hold_reason, error, queued_at, started_at, ended_at)
      SELECT id, task, state::run_state, 'schedule', reason, error, at, at, CASE WHEN ended THEN at END
        FROM (VALUES (12, 'sync_students', 'held', 'One removal.', NULL, true),
                     (13, 'sync_tutors', 'held', 'One removal.', NULL, true),
                     (14, 'sync_groups', 'running', NULL, NULL, false),
                     (15, 'sync_pdgroups', 'failed', NULL, 'The password has expired.', true),
                     (16, 'sync_students', 'failed', NULL, 'The password has expired.', true))
          AS t(id, task, state, reason, error, ended),
             (VALUES (timestamptz '2026-11-20T02:00:00+01:00')) AS night(at);
    SELECT setval('sync_runs_id_seq', 20);
    INSERT INTO held_removals (run_id, entity, entity_id, state)
      SELECT CASE kind WHEN 'student' THEN 12 ELSE 13 END, 'user', id, content_hash
        FROM users WHERE code = '1236';`);
}
