import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestApi, type TestApi } from '../../support/api.js';
import { listOf } from '../cli/shapes.js';

const AUDIT = 'auth/netypareo:audit';
const EVENTS = 2_345;

const eventShape = z.strictObject({
  ...{ id: z.string().regex(/^\d+$/), at: z.iso.datetime(), actor: z.string() },
  ...{ action: z.string(), entity: z.string(), entityId: z.string() },
  ...{ before: z.unknown(), after: z.unknown() },
  ...{ reason: z.string().nullable(), from: z.string().nullable() },
});

let api: TestApi;
let token: string;
beforeAll(async () => {
  api = await createTestApi();
  await api.sql.query(
    `INSERT INTO audit_events (actor, action, entity, entity_id, after, reason, occurred_at)
     SELECT 'user:' || n % 3, 'task.changed', 'task', 'sync_sites', jsonb_build_object('n', n),
            CASE WHEN n = 5 THEN '=cmd|''/C calc''!A0, "x"' ELSE 'Été ' || n END,
            timestamptz '2026-01-01Z' + n * interval '1 minute'
       FROM generate_series(1, ${EVENTS - 1}) n`,
  );
  token = await api.token([AUDIT, 'auth/netypareo:viewusers']); // one more
});
afterAll(() => api.dispose());

const ask = (query: string, as = token) => api.ask('GET', `/api/v1/audit${query}`, { token: as });
const list = async (query: string) => {
  const { status, json } = await ask(query);
  expect(status).toBe(200);
  return listOf(eventShape).parse(json);
};

it('is read page by page, newest first', async () => {
  const first = await list('');
  expect(first.items).toHaveLength(50);
  expect(first.items[0]).toMatchObject({ action: 'token.created', actor: 'cli:test' });
  const next = await list(`?limit=2&cursor=${first.nextCursor}`);
  expect(Number(next.items[0]?.id)).toBe(Number(first.items.at(-1)?.id) - 1);
});

it('is filtered and searched', async () => {
  const count = async (query: string) => (await list(`?limit=200&${query}`)).items.length;
  expect(await count('search=%C3%A9t%C3%A9%20777')).toBe(1);
  expect(await count('search=ete%20777')).toBe(1);
  expect(await count('action=token.created')).toBe(1);
  expect(await count('entity=task&entityId=sync_groups')).toBe(0);
  const hour = 'since=2026-01-01T01:00:00Z&until=2026-01-01T03:00:00%2B01:00';
  expect(await count(hour)).toBe(60);
  expect(await count(`actor=user:1&${hour}`)).toBe(20);
  expect(await count('search=%25')).toBe(0);
});

it('is filtered by a person, too, who is found by the number that stands in it', async () => {
  await api.sql.query(
    `INSERT INTO users (id, kind, code, last_name, first_name, content_hash, search_name, search_first_name)
     VALUES (2, 'teacher', '7', 'X', 'Y', '', '', '')`,
  );
  const { items } = await list('?limit=3&actor=teacher:7');
  expect(items.map(({ actor }) => actor)).toEqual(['user:2', 'user:2', 'user:2']);
  expect((await list('?actor=teacher:8')).items).toEqual([]);

  const { status, json } = await api.ask('GET', '/api/v1/users/user:2', { token });
  expect([status, json]).toMatchObject([200, { kind: 'teacher', code: '7' }]);
  expect((await api.ask('GET', '/api/v1/users/user:3', { token })).status).toBe(404);
});

it('is exported whole, as CSV that no spreadsheet carries out', async () => {
  const { status, headers, text } = await ask('?format=csv&limit=1');
  expect(status).toBe(200);
  expect(headers.get('content-type')).toContain('text/csv');
  expect(headers.get('content-disposition')).toContain('attachment');
  const lines = text.trimEnd().split('\r\n');
  expect(lines[0]).toBe('id,at,actor,action,entity,entityId,before,after,reason,from');
  expect(lines).toHaveLength(1 + EVENTS);
  expect(text).toContain(`,"'=cmd|'/C calc'!A0, ""x""",`);
});

it('is exported whole, as JSON', async () => {
  const { json, headers } = await ask('?format=json&actor=user:1');
  expect(headers.get('content-disposition')).toContain('attachment');
  const { items, nextCursor } = listOf(eventShape).parse(json);
  expect(items).toHaveLength(Math.ceil((EVENTS - 1) / 3));
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  expect(nextCursor).toBeNull();
  expect((await ask('?format=json&actor=nobody')).json).toEqual({ items: [], nextCursor: null });
});

it('is for those who may see all of it', async () => {
  for (const other of [
    await api.token([AUDIT], ['1']),
    await api.token(['auth/netypareo:grant']),
  ]) {
    expect((await ask('', other)).status).toBe(403);
  }
});

it('refuses what it cannot look for', async () => {
  for (const query of [
    ...['?cursor=x', '?cursor=0', '?limit=0', '?limit=201', '?since=yesterday', '?search=%00'],
    ...['?since=0000-01-01T00:00:00Z', '?until=9999-12-31T23:59:59-12:00', '?format=xml'],
    ...['?actor=a&actor=b', '?unknown=1', '?cursor=99999999999999999999'],
    ...['?format=csv&cursor=x', '?format=json&cursor=x'],
  ]) {
    expect([query, (await ask(query)).status]).toEqual([query, 400]);
  }
});
