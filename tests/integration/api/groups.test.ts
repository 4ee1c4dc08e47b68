import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { CANARIES, fillTwoSites, insertPeople } from './two-sites.js';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await createTestApi();
  token = await api.token(['auth/netypareo:viewusers']);
  await fillTwoSites(api.sql);
  await api.sql.query(
    `INSERT INTO groups (kind, code, name, short_name, content_hash)
     SELECT 'initial', text, text, text, 'h' FROM unnest($1::text[]) AS t(text)`,
    [CANARIES],
  );
  await insertPeople(
    api.sql,
    Array.from({ length: 25 }, (_each, number) => ({
      ...{ kind: 'student' as const, code: `m${number}`, firstName: 'Élève' },
      lastName: String.fromCharCode(65 + number),
    })),
  );
  await api.sql.query(
    `INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active, removed_at)
     SELECT u.id, g.kind, g.code, g.id, 'student', u.code <> 'm3', CASE u.code WHEN 'm3' THEN now() END
       FROM users u, groups g WHERE u.code LIKE 'm%' AND g.kind = 'continuing'`,
  );
});
afterAll(() => api.dispose());

async function get(
  path: string,
): Promise<{ items: Record<string, unknown>[]; nextCursor: string | null }> {
  const { status, json } = await api.ask('GET', `/api/v1/${path}`, { token });
  expect(status).toBe(200);
  return json as { items: Record<string, unknown>[]; nextCursor: string | null };
}

async function all(path: string, field: string, limit = 4): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page = await get(
      `${path}${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    found.push(...page.items.map((item) => String(item[field])));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

describe('groups', () => {
  it('are listed by kind and code, in pages without a gap', async () => {
    expect(await all('groups', 'code')).toEqual(await all('groups', 'code', 200));
    expect(await all('groups?kind=continuing', 'code')).toEqual(['GA']);
    expect((await all('groups?kind=initial', 'code')).toSorted()).toEqual(
      ['GA', 'GB', ...CANARIES].toSorted(),
    );
  });

  it.each([
    ['ga', ['GA', 'GA']],
    ['GROUPE g', ['GA', 'GB', 'GA']],
    ['béziers', []],
    ...CANARIES.map((canary): [string, string[]] => [canary, [canary]]),
  ])('are found by a part of code or name: %s', async (search, codes) => {
    expect(await all(`groups?search=${encodeURIComponent(search)}`, 'code')).toEqual(codes);
  });

  it('show how many people are in them', async () => {
    expect((await api.ask('GET', '/api/v1/groups/continuing:GA', { token })).json).toEqual({
      ...{ kind: 'continuing', code: 'GA', name: 'Groupe GA', shortName: null },
      ...{ period: '2026', site: 'B', program: null, startsOn: null, endsOn: null },
      ...{ status: 'active', members: { students: 24, teachers: 1 } },
      updatedAt: expect.any(String),
    });
  });

  it('are named by kind and code, whatever is in it', async () => {
    for (const canary of CANARIES) {
      const path = `/api/v1/groups/${encodeURIComponent(`initial:${canary}`)}`;
      expect((await api.ask('GET', path, { token })).json).toMatchObject({ name: canary });
    }
    expect((await api.ask('GET', '/api/v1/groups/GA', { token })).status).toBe(400);
    expect((await api.ask('GET', '/api/v1/groups/initial:nope', { token })).status).toBe(404);
  });
});

describe('members', () => {
  const path = 'groups/continuing:GA/members';

  it('are listed by name, present and past, in pages without a gap', async () => {
    const names = await all(path, 'lastName');
    expect(names).toHaveLength(26);
    expect(names.slice(0, 4)).toEqual(['A', 'B', 'C', 'D']);
    expect(await all(`${path}?active=true`, 'user')).toHaveLength(25);
    expect(await all(`${path}?active=false`, 'user')).toEqual(['student:m3']);
  });

  it('cannot be gone on with from a member of another group', async () => {
    const { rows } = await api.sql.query<{ id: number }>(
      `SELECT id FROM memberships WHERE group_code = 'GB' LIMIT 1`,
    );
    const { status } = await api.ask('GET', `/api/v1/${path}?cursor=${rows[0]?.id}`, { token });
    expect(status).toBe(400);
  });
});

describe('sites and definitions', () => {
  it('are found by a part of a name, accents and case apart', async () => {
    expect(await all('sites?search=BEZI', 'code', 1)).toEqual(['B']);
    expect(await all('sites', 'groups', 1)).toEqual(['1', '2']);
    expect((await api.ask('GET', '/api/v1/sites/A', { token })).json).toMatchObject({
      name: 'Angers <b>x</b>',
    });
    expect(await all('definitions?search=PRO', 'label')).toEqual(['contrat pro']);
    expect(await all('definitions', 'domain', 1)).toEqual(['cursus', 'status', 'status']);
    expect((await api.ask('GET', '/api/v1/definitions?domain=users', { token })).status).toBe(400);
  });
});

it('what is set aside is listed in pages, with its reason', async () => {
  expect(await all('quarantine/records', 'code', 1)).toEqual(['31', '32', '33']);
  expect(await all('quarantine/records?list=teachers', 'code')).toEqual([]);
  expect((await get('quarantine/duplicates')).items).toEqual([
    {
      ...{ type: 'shared', shares: [{ by: 'email', value: 't@corp.example' }] },
      ...{ people: ['tutor:7', 'tutor:8'], keeps: 'tutor:7' },
    },
  ]);
});
