import { CAPABILITIES, type Capability } from '@passerelle/roster';
import { createToken } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { newTokenShape, tokenShape } from '../cli/shapes-of-access.js';
import { listOf } from '../cli/shapes.js';

const GRANT: Capability = 'auth/netypareo:grant';
const SYNC: Capability = 'auth/netypareo:sync';
const VIEW: Capability = 'auth/netypareo:viewruns';

let api: TestApi;
let all: string;
beforeAll(async () => {
  api = await createTestApi();
  await api.sql.query(
    `INSERT INTO sites (code, name, content_hash) VALUES ('1', 'Nord', ''), ('2', 'Sud', '')`,
  );
});
beforeEach(async () => {
  await api.sql.query('DELETE FROM api_tokens');
  all = await api.token(CAPABILITIES);
});
afterAll(() => api.dispose());

const create = (token: string, body: object = {}) =>
  api.ask('POST', '/api/v1/tokens', {
    token,
    body: { name: 'Intranet', capabilities: [VIEW], ...body },
  });
const made = async (token: string, body: object = {}) => {
  const { status, json } = await create(token, body);
  expect(status).toBe(201);
  return newTokenShape.parse(json);
};
const list = async (token: string) => {
  const { json } = await api.ask('GET', '/api/v1/tokens', { token });
  return listOf(tokenShape).parse(json).items;
};
const revoke = (token: string, id: number) => api.ask('DELETE', `/api/v1/tokens/${id}`, { token });
const tasks = async (token: string) => (await api.ask('GET', '/api/v1/tasks', { token })).status;
const problem = (name: string) => ({ type: `urn:passerelle:problem:${name}` });

describe('tokens', () => {
  it('are made, used, listed without their secret, and revoked', async () => {
    const { secret, ...token } = await made(all, {
      sites: ['1'],
      expiresAt: '2099-01-01T00:00:00Z',
    });
    expect(token).toMatchObject({ name: 'Intranet', capabilities: [VIEW], sites: ['1'] });
    expect(await tasks(secret)).toBe(200);
    const listed = (await list(all)).find(({ id }) => id === token.id);
    expect(listed).toEqual({ ...token, lastUsedAt: api.clock.now.toISOString() });

    expect((await revoke(all, token.id)).status).toBe(204);
    expect(await tasks(secret)).toBe(401);
    expect(await revoke(all, 999_999)).toMatchObject({ status: 404, json: problem('not-found') });
    const [event] = await api.audit();
    expect(event).toMatchObject({ action: 'token.revoked', entityId: String(token.id) });
    const written = JSON.stringify([await api.audit(), await list(all), api.log]);
    expect(written).not.toContain(secret.slice(-43));
  });

  it('are refused with what is wrong', async () => {
    const errors = async (body: object) => (await create(all, body)).json;
    const invalid = (path: string) => ({ ...problem('invalid-request'), errors: [{ path }] });
    expect(await errors({ sites: ['1', '9'] })).toMatchObject(invalid('body.sites'));
    expect(await errors({ expiresAt: '2020-01-01T00:00:00Z' })).toMatchObject(
      invalid('body.expiresAt'),
    );
    expect(await errors({ capabilities: [] })).toMatchObject(invalid('body.capabilities'));
    expect(await errors({ name: 'a\r\nb' })).toMatchObject(invalid('body.name'));
    for (const name of ['hash', 'createdBy', 'id', 'siteCodes', 'accesses']) {
      expect(await errors({ [name]: 'x' })).toMatchObject(invalid(`body.${name}`));
    }
  });
});

describe('a token is never more than its maker', () => {
  it('when it is made', async () => {
    const local = await api.token([GRANT, SYNC, VIEW], ['1']);
    const beyond = { status: 403, json: problem('beyond-own-rights') };
    for (const body of [
      {},
      { sites: [] },
      { sites: ['2'] },
      { sites: ['1', '2'] },
      { sites: ['1'], capabilities: [VIEW, 'auth/netypareo:audit'] },
      { sites: ['1'], capabilities: CAPABILITIES },
    ]) {
      expect(await create(local, body)).toMatchObject(beyond);
    }
    await made(local, { sites: ['1'], capabilities: [GRANT, VIEW] });
    const without = await api.token([VIEW]);
    expect(await create(without)).toMatchObject({ status: 403, json: problem('not-allowed') });
  });

  it('when its maker loses a right, or is suspended', async () => {
    const reader = await maker();
    expect(await tasks(reader)).toBe(200);
    await api.sql.query('DELETE FROM capability_grants WHERE capability = $1', [VIEW]);
    expect(await tasks(reader)).toBe(403);
    const other = await maker();
    expect(await tasks(other)).toBe(200);
    await api.sql.query(`UPDATE users SET status = 'suspended'`);
    expect(await tasks(other)).toBe(403);
  });

  it('when it comes from a token that is revoked', async () => {
    const parent = await made(all, { capabilities: [GRANT, VIEW] });
    const child = await made(parent.secret, { capabilities: [GRANT, VIEW] });
    const grandchild = await made(child.secret);
    expect(await tasks(grandchild.secret)).toBe(200);
    await revoke(all, parent.id);
    expect(await tasks(grandchild.secret)).toBe(403);
  });

  /** A token to look at runs, made by a person who may grant. */
  async function maker(): Promise<string> {
    const accesses = [GRANT, VIEW].map((capability) => ({ capability, siteCode: null }));
    const { userId, id } = await api.signIn('hash', accesses);
    const result = await createToken(
      { ...api.db, now: () => api.clock.now },
      { name: 'T', capabilities: [VIEW], siteCodes: [], expiresAt: null },
      { kind: 'user', userId, sessionId: id, accesses },
      { by: '', reason: null, from: null },
    );
    await api.db.sessions.endSession(id, { by: '', reason: null, from: null }, api.clock.now);
    if (result.outcome !== 'done') throw new Error(`It was ${result.outcome}.`);
    return result.secret;
  }
});

describe('who may grant for a site', () => {
  it('sees and revokes the tokens of that site alone', async () => {
    const local = await api.token([GRANT], ['1']);
    const here = await made(all, { sites: ['1'] });
    const both = await made(all, { sites: ['1', '2'] });
    const everywhere = await made(all);
    expect((await list(local)).map(({ sites }) => sites)).toEqual([['1'], ['1']]);
    expect((await list(local)).map(({ id }) => id)).toContain(here.id);
    for (const { id } of [both, everywhere]) {
      expect(await revoke(local, id)).toMatchObject({ status: 404, json: problem('not-found') });
    }
    expect((await revoke(local, here.id)).status).toBe(204);
    expect([await tasks(both.secret), await tasks(everywhere.secret)]).toEqual([200, 200]);
  });
});
