import { CAPABILITIES, type Capability } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { grantShape } from '../cli/shapes-of-access.js';
import { listOf } from '../cli/shapes.js';

const GRANT: Capability = 'auth/netypareo:grant';
const SYNC: Capability = 'auth/netypareo:sync';

let api: TestApi;
/** May do everything, everywhere. */
let all: string;
beforeAll(async () => {
  api = await createTestApi();
  all = await api.token(CAPABILITIES);
});
beforeEach(async () => {
  await api.sql.query('DELETE FROM capability_grants');
  await api.sql.query('DELETE FROM users');
  await api.sql.query(
    `INSERT INTO sites (code, name, content_hash) VALUES ('1', 'Nord', ''), ('2', 'Sud', '')
     ON CONFLICT DO NOTHING;
     INSERT INTO users (kind, code, site_code, last_name, first_name, content_hash, search_name, search_first_name)
     VALUES ('teacher', '7', '1', 'X', 'Y', '', '', ''), ('teacher', '8', '2', 'X', 'Y', '', '', '')`,
  );
});
afterAll(() => api.dispose());

const give = (token: string, body: object) =>
  api.ask('POST', '/api/v1/grants', {
    token,
    body: { user: 'teacher:7', capability: SYNC, reason: 'manager', ...body },
  });
const given = async (token: string, body: object = {}) => {
  const { status, json } = await give(token, body);
  expect(status).toBe(201);
  return grantShape.parse(json);
};
const list = async (token: string, query = '') => {
  const { status, json } = await api.ask('GET', `/api/v1/grants${query}`, { token });
  expect(status).toBe(200);
  return listOf(grantShape).parse(json).items;
};
const remove = (token: string, id: number, body?: object) =>
  api.ask('DELETE', `/api/v1/grants/${id}`, { token, ...(body === undefined ? {} : { body }) });
const problem = (name: string) => ({ type: `urn:passerelle:problem:${name}` });

describe('grants', () => {
  it('are given, listed and taken away, with their trace in the audit', async () => {
    const expiresAt = '2099-06-30T22:00:00.000Z';
    const grant = await given(all, { site: '1', expiresAt });
    expect(grant).toMatchObject({
      ...{ user: 'teacher:7', capability: SYNC, site: '1', expiresAt, reason: 'manager' },
    });
    expect(grant.grantedBy).toMatch(/^token:\d+$/);
    const everywhere = await given(all, { capability: GRANT });
    expect(await list(all)).toEqual([everywhere, grant]);
    expect(await list(all, '?site=1')).toEqual([grant]);
    expect(await list(all, `?user=teacher:7&capability=${GRANT}`)).toEqual([everywhere]);
    expect(await list(all, '?user=teacher:8')).toEqual([]);
    expect(await list(all, '?user=student:404')).toEqual([]);

    expect((await remove(all, grant.id, { reason: 'left' })).status).toBe(204);
    const gone = await remove(all, grant.id);
    expect(gone).toMatchObject({ status: 404, json: problem('not-found') });
    const [event] = await api.audit();
    expect(event).toMatchObject({
      ...{ actor: grant.grantedBy, action: 'grant.removed', reason: 'left', from: '127.0.0.1' },
    });
  });

  it('that have ended are listed on demand', async () => {
    await given(all);
    await api.sql.query(`UPDATE capability_grants SET expires_at = '2020-01-01'`);
    expect(await list(all)).toEqual([]);
    expect(await list(all, '?all=true')).toHaveLength(1);
  });

  it('are refused with what is wrong', async () => {
    const refused = async (body: object) => (await give(all, body)).json;
    const invalid = (path: string) => ({ ...problem('invalid-request'), errors: [{ path }] });
    expect(await refused({ user: 'teacher:9' })).toMatchObject(invalid('body.user'));
    expect(await refused({ site: '9' })).toMatchObject(invalid('body.site'));
    expect(await refused({ expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject(
      invalid('body.expiresAt'),
    );
    expect(await refused({ capability: 'auth/netypareo:everything' })).toMatchObject(
      invalid('body.capability'),
    );
    expect(await refused({ reason: '  ' })).toMatchObject(invalid('body.reason'));
    expect(await refused({ reason: 'a\nb' })).toMatchObject(invalid('body.reason'));
    await api.sql.query(`UPDATE users SET status = 'suspended' WHERE code = '7'`);
    expect(await refused({})).toMatchObject({ status: 409, ...problem('user-suspended') });
    expect(await list(all, '?all=true')).toEqual([]);
  });

  it('take nothing from a caller but what is documented', async () => {
    for (const more of [
      { grantedBy: 'cli:root' },
      { id: 1 },
      { userId: 1 },
      { createdAt: '2020-01-01T00:00:00Z' },
      { siteCode: null },
    ]) {
      const [name] = Object.keys(more);
      expect(await give(all, more)).toMatchObject({
        status: 400,
        json: { errors: [{ path: `body.${name}`, message: 'there is no such field' }] },
      });
    }
    expect((await give(all, { constructor: { prototype: {} } })).status).toBe(400);
    expect(await list(all)).toEqual([]);
  });

  it('leave somebody who may grant', async () => {
    const last = await given(all, { capability: GRANT });
    expect(await remove(all, last.id)).toMatchObject({
      status: 409,
      json: problem('last-grantor'),
    });
    const ending = { capability: GRANT, expiresAt: '2099-01-01T00:00:00Z' };
    expect((await give(all, ending)).json).toMatchObject(problem('last-grantor'));
    const eraser = await api.token(['auth/netypareo:configure', 'auth/netypareo:viewusers']);
    const erased = { token: eraser, body: { reason: 'request' } };
    expect(await api.ask('DELETE', '/api/v1/users/teacher:7', erased)).toMatchObject({
      status: 409,
      json: problem('last-grantor'),
    });
    await given(all, { user: 'teacher:8', capability: GRANT });
    expect((await remove(all, last.id)).status).toBe(204);
  });
});

describe('who may grant for a site', () => {
  let local: string;
  beforeEach(async () => {
    local = await api.token([GRANT, SYNC], ['1']);
  });

  it('gives what they hold there, and nothing beyond', async () => {
    await given(local, { site: '1' });
    await given(local, { site: '1', capability: GRANT });
    const beyond = { status: 403, json: problem('beyond-own-rights') };
    expect(await give(local, {})).toMatchObject(beyond);
    expect(await give(local, { site: null })).toMatchObject(beyond);
    expect(await give(local, { site: '2' })).toMatchObject(beyond);
    expect(await give(local, { capability: GRANT })).toMatchObject(beyond);
    expect(await give(local, { site: '1', capability: 'auth/netypareo:audit' })).toMatchObject(
      beyond,
    );
  });

  it('gives nothing to people of another site, who do not exist for them', async () => {
    const other = await give(local, { user: 'teacher:8', site: '1' });
    const nobody = await give(local, { user: 'teacher:404', site: '1' });
    expect(other.status).toBe(400);
    const same = ({ json }: typeof other) => ({ ...(json as object), requestId: '' });
    expect(same(other)).toEqual(same(nobody));
  });

  it('sees and takes away the rights of that site alone', async () => {
    const here = await given(all, { site: '1' });
    const elsewhere = await given(all, { site: '2' });
    const everywhere = await given(all, {});
    expect(await list(local)).toEqual([here]);
    expect(await list(local, '?site=2')).toEqual([]);
    expect(await list(local, '?user=teacher:8')).toEqual([]);
    for (const { id } of [elsewhere, everywhere]) {
      expect(await remove(local, id)).toMatchObject({ status: 404, json: problem('not-found') });
    }
    expect((await remove(local, here.id)).status).toBe(204);
    expect(await list(all)).toEqual([everywhere, elsewhere]);
  });
});
