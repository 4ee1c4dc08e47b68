import { CAPABILITIES } from '@passerelle/roster';
import { type OpenedDatabase, openDatabase } from '@passerelle/db';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { listOf } from './shapes.js';
import { grantShape, newTokenShape, tokenShape } from './shapes-of-access.js';

let room: CommandRoom;
let server: OpenedDatabase;
let sql: pg.Client;
beforeAll(async () => {
  room = await createCommandRoom();
  const log = { info: () => undefined, warn: () => undefined };
  server = await openDatabase({ dataDir: room.dataDir, log, settings: { fsync: 'off' } });
  await room.jsonHere('grants', 'list');
  // No pool: its end does not wait for its connections', before their server goes.
  sql = new pg.Client({ connectionString: server.url });
  await sql.connect();
  await sql.query(
    `INSERT INTO sites (code, name, content_hash) VALUES ('12', 'Nord', ''), ('13', 'Sud', '');
     INSERT INTO users (kind, code, last_name, first_name, content_hash, search_name, search_first_name)
     SELECT 'teacher', code, 'X', 'Y', '', '', '' FROM unnest('{7,8}'::text[]) code`,
  );
});
beforeEach(() => sql.query('DELETE FROM capability_grants'));
afterAll(async () => {
  await sql.end();
  await server.release();
  await room.remove();
});

const grants = async (...args: string[]) =>
  listOf(grantShape).parse(await room.jsonHere('grants', ...args)).items;
const refused = async (code: number, ...args: string[]) => {
  const result = await room.runHere(...args);
  expect(result).toMatchObject({ code, stdout: '' });
  return result.stderr;
};

it('people are shown by the number under which they give rights, too', async () => {
  const { rows } = await sql.query<{ id: number }>(`SELECT id FROM users WHERE code = '7'`);
  expect(await room.jsonHere('users', 'show', `user:${rows[0]?.id}`)).toMatchObject({
    ...{ kind: 'teacher', code: '7' },
  });
  expect(await refused(2, 'users', 'show', 'user:999999')).toContain('There is no user');
});

describe('grants', () => {
  it('are added, listed and removed', async () => {
    const [sync, view] = await grants(
      ...['add', 'teacher:7', 'sync', 'auth/netypareo:viewruns', '--site', '12'],
      ...['--until', '2099-06-30', '--reason', 'stands in'],
    );
    expect(sync).toMatchObject({
      ...{ user: 'teacher:7', capability: 'auth/netypareo:sync', site: '12' },
      ...{ reason: 'stands in', expiresAt: '2099-06-30T22:00:00.000Z' },
    });
    expect(sync?.grantedBy).toMatch(/^cli:/);
    expect(await grants('list')).toEqual([view, sync]);
    expect(await grants('list', '--capability', 'sync', '--site', '12')).toEqual([sync]);
    expect(await grants('list', '--user', 'teacher:8')).toEqual([]);

    const gone = await room.jsonHere('grants', 'remove', String(sync?.id), '--reason', 'back');
    expect(grantShape.parse(gone)).toEqual(sync);
    expect(await grants('list')).toEqual([view]);
    expect((await room.runHere('grants', 'list')).stdout).toMatch(/teacher:7 +auth.* 12 /);
  });

  it('can be all of them; the last who may grant keeps that right', async () => {
    const all = await grants('add', 'teacher:7', 'all', '--reason', 'manager');
    expect(all.map(({ capability }) => capability)).toEqual(CAPABILITIES);
    const own = all.find(({ capability }) => capability === 'auth/netypareo:grant');
    const remove = ['grants', 'remove', String(own?.id), '--reason', 'x'];
    expect(await refused(1, ...remove)).toContain('Nobody else may grant');
    await grants('add', 'teacher:8', 'grant', '--reason', 'second manager');
    expect((await room.runHere(...remove)).code).toBe(0);
  });

  it('that end are listed on demand', async () => {
    await grants('add', 'teacher:7', 'sync', '--reason', 'x');
    await sql.query(`UPDATE capability_grants SET expires_at = '2020-01-01'`);
    expect(await grants('list')).toEqual([]);
    expect(await grants('list', '--all')).toHaveLength(1);
  });

  it('are refused with the nearest name', async () => {
    const add = (...args: string[]) => ['grants', 'add', ...args, '--reason', 'x'];
    expect(await refused(2, ...add('teacher:7', 'synch'))).toContain('Did you mean sync?');
    expect(await refused(2, ...add('teacher:7', 'sync', '--site', '1'))).toContain(
      'Did you mean 12?',
    );
    expect(await refused(2, ...add('teacher:9', 'sync'))).toContain('no user "teacher:9"');
    expect(await refused(2, ...add('teecher:7', 'sync'))).toContain('Did you mean teacher?');
    expect(await refused(2, ...add('teacher:7', 'sync', '--until', '2020-01-01'))).toContain(
      'past',
    );
    expect(await refused(2, ...add('teacher:7', 'sync', '--until', '2099-02-30'))).toContain(
      'a day',
    );
    expect(await refused(2, 'grants', 'add', 'teacher:7', 'sync')).toContain('--reason');
    expect(await refused(2, 'grants', 'remove', '999', '--reason', 'x')).toContain('no right 999');
    expect(await refused(2, 'grants', 'list', '--cursor', 'x')).toContain('first page');
    expect(await grants('list')).toEqual([]);
  });
});

describe('tokens', () => {
  it('are made, listed and revoked', async () => {
    const made = newTokenShape.parse(
      await room.jsonHere('tokens', 'create', 'Intranet', '--capability', 'sync', '--site', '12'),
    );
    expect(made).toMatchObject({ name: 'Intranet', sites: ['12'], revokedAt: null });
    const list = async () => listOf(tokenShape).parse(await room.jsonHere('tokens', 'list')).items;
    const { secret, ...token } = made;
    expect(await list()).toEqual([token]);
    expect((await room.runHere('tokens', 'list')).stdout).not.toContain(secret.slice(-43));

    const revoked = tokenShape.parse(await room.jsonHere('tokens', 'revoke', String(made.id)));
    expect(revoked.revokedAt).not.toBeNull();
    expect(await list()).toEqual([revoked]);
  });

  it('are told alone on standard output', async () => {
    const { stdout } = await room.runHere('tokens', 'create', 'T', '--capability', 'viewruns');
    expect(stdout).toMatch(/^psr_\d+_[\w-]{43}\n$/);
  });

  it('are refused with the nearest name', async () => {
    const create = (...args: string[]) => ['tokens', 'create', 'T', ...args];
    expect(await refused(2, ...create())).toContain('--capability');
    expect(await refused(2, ...create('--capability', 'view'))).toContain('Expected one of');
    const site = await refused(2, ...create('--capability', 'sync', '--site', '122'));
    expect(site).toContain('Did you mean 12?');
    expect(await refused(2, 'tokens', 'revoke', '999')).toContain('no token 999');
  });
});

describe('the set-up link', () => {
  it('is printed by a start while nobody may grant; doctor says so', {
    timeout: 120_000,
  }, async () => {
    const start = async () => {
      const running = await room.start(['api'], 'Ctrl-C stops.');
      running.child.kill('SIGTERM');
      return (await running.ended).stderr;
    };
    expect((await room.runHere('doctor')).stdout).toContain('Nobody active may grant');
    expect(await start()).toMatch(/http:\/\/127\.0\.0\.1:\d+\/setup#[\w-]{43}\n/);
    await grants('add', 'teacher:7', 'all', '--reason', 'manager');
    expect(await start()).not.toContain('/setup#');
    expect((await room.runHere('doctor')).stdout).not.toContain('Nobody active may grant');
  });
});

describe('a role of the API’s own', () => {
  it('is given what the API needs to run', async () => {
    const url = new URL(server.url);
    const name = 'passerelle_api';
    const migrate = ['migrate', '--api-role', name];
    expect(await refused(1, ...migrate)).toContain(`CREATE ROLE "${name}" LOGIN`);
    await sql.query(`CREATE ROLE ${name} LOGIN PASSWORD 'secret'`);
    expect((await room.runHere(...migrate)).code).toBe(0);

    Object.assign(url, { username: name, password: 'secret' });
    room.set({ DATABASE_URL: url.href });
    const running = await room.start(['api'], 'Ctrl-C stops.');
    running.child.kill('SIGTERM');
    const ended = await running.ended;
    room.set({ DATABASE_URL: undefined });
    expect(ended).toMatchObject({
      code: 0,
      stderr: expect.not.stringContaining('refuse') as string,
    });
  });
});
