import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { fillTwoSites } from './two-sites.js';

const VIEW = 'auth/netypareo:viewusers';

let api: TestApi;
/** One who may see site A, and one who may see all. */
let ofA: string;
let ofAll: string;

beforeAll(async () => {
  api = await createTestApi();
  await fillTwoSites(api.sql);
  ofA = await api.token([VIEW], ['A']);
  ofAll = await api.token([VIEW]);
});
afterAll(() => api.dispose());

interface Row {
  kind?: string;
  code?: string;
  ref?: string;
  user?: string;
}

async function listed(path: string, token = ofA): Promise<string[]> {
  const { status, json } = await api.ask('GET', `/api/v1/${path}`, { token });
  expect(status).toBe(200);
  const { items } = json as { items: Row[] };
  return items.map(
    ({ kind, code, ref, user }) => user ?? ref ?? (kind ? `${kind}:${code}` : code) ?? '',
  );
}

const statusOf = async (path: string, token = ofA) =>
  (await api.ask('GET', `/api/v1/${path}`, { token })).status;

describe('whoever may see one site', () => {
  it('sees its people, the members of its groups, and the tutors of its learners', async () => {
    expect(await listed('users')).toEqual(['student:1', 'teacher:2', 'tutor:7']);
    expect(await listed('users?search=zo')).toEqual(['student:1']);
    expect(await listed('users?search=t')).toEqual(['tutor:7', 'teacher:2']);
    expect(await listed('users?group=GA')).toEqual(['student:1', 'teacher:2']);
    expect(await listed('users?site=A')).toEqual(['student:1']);
    expect(await listed('users', ofAll)).toHaveLength(6);
  });

  it.each([
    ...['users/student:2', 'users/teacher:9', 'users/tutor:8', 'users/zbruno'],
    ...['users/student:2/history', 'users/student:2/why'],
    ...['groups/initial:GB', 'groups/continuing:GA', 'groups/initial:GB/members'],
    ...['groups/initial:GB/history', 'sites/B'],
  ])('finds nothing at %s, as if it did not exist', async (path) => {
    const { status, json } = await api.ask('GET', `/api/v1/${path}`, { token: ofA });
    const [topic] = path.split('/');
    const absent = path.replace(/\/[^/]+/, topic === 'groups' ? '/initial:no' : '/student:no');
    const other = await api.ask('GET', `/api/v1/${absent}`, { token: ofA });

    expect(status).toBe(404);
    expect({ ...(json as object), requestId: '' }).toEqual({
      ...(other.json as object),
      requestId: '',
    });
    // Why somebody is as they are takes a source, and this API has none.
    if (!path.endsWith('/why')) expect(await statusOf(path, ofAll)).toBe(200);
  });

  it('finds nobody of other sites by number either', async () => {
    const { rows } = await api.sql.query<{ ref: string; id: number }>(
      `SELECT kind || ':' || code AS ref, id FROM users`,
    );
    const seen = new Set(await listed('users'));
    for (const { ref, id } of rows) {
      const found = await statusOf(`users/user:${id}`);
      expect([ref, found]).toEqual([ref, seen.has(ref) ? 200 : 404]);
    }
  });

  it('is not told of others by those it may see', async () => {
    const links = async (path: string, token: string) => {
      const { json } = await api.ask('GET', `/api/v1/${path}`, { token });
      const { students, memberships } = json as {
        students: string[];
        memberships: { group: string }[];
      };
      return [...students, ...memberships.map(({ group }) => group)];
    };

    expect(await links('users/tutor:7', ofA)).toEqual(['student:1']);
    expect(await links('users/tutor:7', ofAll)).toEqual(['student:1', 'student:2']);
    expect(await links('users/teacher:2', ofA)).toEqual(['GA']);
    expect(await links('users/teacher:2', ofAll)).toEqual(['GA', 'GB']);
  });

  it('is told of what happened but for what concerns others', async () => {
    expect((await listed('users/tutor:7/history')).toSorted()).toEqual([
      'tutor:7',
      'tutor:7/student:1@C1',
    ]);
    expect(await listed('users/tutor:7/history', ofAll)).toHaveLength(3);
    expect((await listed('users/teacher:2/history')).toSorted()).toEqual([
      'teacher:2',
      'teacher:2/initial:GA',
    ]);
    expect((await listed('users/student:1/history')).toSorted()).toEqual([
      'student:1',
      'student:1/initial:GA',
      'tutor:7/student:1@C1',
    ]);
    expect(await listed('groups/initial:GA/history')).toHaveLength(3);
  });

  it('cannot go on from somebody of another site, to guess their names', async () => {
    const { rows } = await api.sql.query<{ id: number; kind: string; code: string }>(
      'SELECT id, kind, code FROM users',
    );
    const statuses = await Promise.all(
      rows.map(async ({ id, kind, code }) => [
        `${kind}:${code}`,
        await statusOf(`users?cursor=0.${id}`),
      ]),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      ...{ 'student:1': 200, 'teacher:2': 200, 'tutor:7': 200 },
      ...{ 'student:2': 400, 'teacher:9': 400, 'tutor:8': 400 },
    });
  });

  it('sees its groups, its site, its quarantine, and what codes mean', async () => {
    expect(await listed('groups')).toEqual(['initial:GA']);
    expect(await listed('groups?site=B')).toEqual([]);
    expect(await listed('sites')).toEqual(['A']);
    expect(await listed('quarantine/records')).toEqual(['31']);
    expect(await listed('quarantine/records?site=B')).toEqual([]);
    expect(await listed('quarantine/duplicates')).toEqual([]);
    expect(await listed('definitions?domain=status')).toEqual(['1', '2']);
    expect(await listed('quarantine/records', ofAll)).toEqual(['31', '32', '33']);
    expect(await listed('quarantine/duplicates', ofAll)).toHaveLength(1);
  });

  it('may neither export nor erase', async () => {
    expect(await statusOf('users/student:1/export')).toBe(403);
    const both = await api.token([VIEW, 'auth/netypareo:configure'], ['A']);
    const erased = await api.ask('DELETE', '/api/v1/users/student:1', {
      ...{ token: both, body: { reason: 'x' } },
    });
    expect(erased.status).toBe(403);
  });
});

it('a grant for a site that is gone shows nothing', async () => {
  const nowhere = await api.token([VIEW], ['gone']);
  expect(await listed('users', nowhere)).toEqual([]);
  expect(await listed('users?search=zo', nowhere)).toEqual([]);
  expect(await listed('sites', nowhere)).toEqual([]);
});

it('a caller of one site cannot tell by a filter who else belongs to a site or group of others', async () => {
  for (const other of ['group=GB', 'group=initial:GB', 'group=continuing:GA', 'site=B']) {
    expect([other, await listed(`users?${other}`)]).toEqual([other, []]);
  }
  expect(await listed('users?group=GB', ofAll)).toEqual(['student:2', 'teacher:2']);
  expect(await listed('users?site=B', ofAll)).toHaveLength(3);
  // A code that a group of each site has means the one that they may see.
  await api.sql.query(
    `INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, active)
     SELECT u.id, g.kind, g.code, g.id, 'teacher', true FROM users u, groups g
      WHERE u.kind = 'teacher' AND u.code = '2' AND g.kind = 'continuing';
     DELETE FROM memberships m USING users u
      WHERE u.id = m.user_id AND u.kind = 'teacher' AND u.code = '2' AND m.group_kind = 'initial'
        AND m.group_code = 'GA';
     UPDATE users SET site_code = 'A' WHERE kind = 'teacher' AND code = '2'`,
  );
  expect(await listed('users?site=A')).toEqual(['student:1', 'teacher:2']);
  expect(await listed('users?group=GA')).toEqual(['student:1']);
  expect(await listed('users?group=GA', ofAll)).toContain('teacher:2');
});
