import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestDatabase } from './open-test-database.js';

let db: Awaited<ReturnType<typeof openTestDatabase>>;
beforeAll(async () => {
  db = await openTestDatabase();
  await db.sql.query(FIXTURE);
});
afterAll(() => db.dispose());

const FIXTURE = `
  INSERT INTO sites (code, name, content_hash) VALUES ('S1', 'Site', 'h');
  INSERT INTO groups (kind, code, name, content_hash, status) VALUES
    ('initial', 'G1', 'BTS 1', 'h', 'active'), ('continuing', 'G2', 'Court', 'h', 'active'),
    ('initial', 'G3', 'Ancien', 'h', 'suspended');
  INSERT INTO definitions (domain, code, label, content_hash, status) VALUES
    ('status', 'AP', 'Apprenti', 'h', 'active'), ('status', 'CP', 'Contrat pro', 'h', 'active'),
    ('period', '2026', '2026-2027', 'h', 'active');
  INSERT INTO users (kind, code, login, last_name, first_name, email, birth_date, site_code,
                     netypareo_status, status, content_hash, search_name, search_first_name) VALUES
    ('student', '1', 'zoe.lh', 'L''Hénaff', 'Zoé', 'zoe@mail.example', '2008-02-29', 'S1',
     'Apprenti', 'active', 'h', 'l henaff zoe', 'zoe l henaff'),
    ('student', '2', NULL, 'Dupont', 'Jean', NULL, NULL, 'S1',
     '', 'suspended', 'h', 'dupont jean', 'jean dupont'),
    ('teacher', '1', 'jd', 'Dupont-Aignel', 'Jeanne', NULL, NULL, NULL,
     '', 'active', 'h', 'dupont aignel jeanne', 'jeanne dupont aignel'),
    ('tutor', '7', 'tut', 'Ötker', 'Anne', NULL, NULL, NULL,
     '', 'active', 'h', 'otker anne', 'anne otker');
  INSERT INTO memberships (user_id, group_kind, group_code, group_id, role, starts_on, active, removed_at)
    SELECT u.id, g.kind, g.code, g.id, 'student', '2026-09-01', g.code = 'G1',
           CASE WHEN g.code = 'G2' THEN now() END
      FROM users u, groups g WHERE u.kind = 'student' AND u.code = '1' AND g.code IN ('G1', 'G2');
  INSERT INTO memberships (user_id, group_kind, group_code, role, active)
    SELECT id, 'initial', 'unknown', 'student', true FROM users WHERE kind = 'student' AND code = '1';
  INSERT INTO tutorships (tutor_id, student_code, student_id, company_code, active)
    SELECT t.id, '1', s.id, c, true FROM users t, users s, unnest(ARRAY['A', 'B']) c
     WHERE t.kind = 'tutor' AND s.kind = 'student' AND s.code = '1';
  INSERT INTO tutorships (tutor_id, student_code, company_code, active)
    SELECT id, 'unknown', 'A', true FROM users WHERE kind = 'tutor';
`;

async function found(filter: Partial<Parameters<typeof db.users.listUsers>[0]>) {
  const { items } = await db.users.listUsers({ limit: 50, ...filter });
  return items.map(({ kind, code }) => `${kind}:${code}`);
}

test('the summary counts what is active and resolved', async () => {
  expect(await db.users.summary()).toEqual({
    sites: 1,
    groups: { initial: 1, continuing: 1 },
    users: { student: 1, teacher: 1, tutor: 1 },
    memberships: 1,
    tutorships: 2,
    definitions: 3,
  });
});

test('a user is shown with memberships of known groups and those who look after them', async () => {
  const [user] = await db.users.findUsers({ kind: 'student', codeOrLogin: '1' });

  expect(user).toMatchObject({
    kind: 'student',
    login: 'zoe.lh',
    lastName: "L'Hénaff",
    birthDate: '2008-02-29',
    profile: { netypareo_status: 'Apprenti', netypareo_cursus: '' },
    memberships: [
      { group: 'G1', role: 'student', from: '2026-09-01', to: null, active: true },
      { group: 'G2', role: 'student', from: '2026-09-01', to: null, active: false },
    ],
    tutors: ['tutor:7'],
    students: [],
  });
  const [tutor] = await db.users.findUsers({ codeOrLogin: 'TUT' });
  expect(tutor).toMatchObject({ kind: 'tutor', tutors: [], students: ['student:1'] });
});

test('a bare code gives all that fit, a kind narrows it', async () => {
  const kinds = async (reference: Parameters<typeof db.users.findUsers>[0]) =>
    (await db.users.findUsers(reference)).map(({ kind }) => kind);

  expect(await kinds({ codeOrLogin: '1' })).toEqual(['student', 'teacher']);
  expect(await kinds({ kind: 'teacher', codeOrLogin: '1' })).toEqual(['teacher']);
  expect(await kinds({ kind: 'teacher', codeOrLogin: 'zoe.lh' })).toEqual([]);
  expect(await kinds({ codeOrLogin: 'nobody' })).toEqual([]);
});

test('labels are looked up by domain', async () => {
  expect(await db.users.definitionLabels('status')).toEqual(
    new Map([
      ['AP', 'Apprenti'],
      ['CP', 'Contrat pro'],
    ]),
  );
});

describe('searching', () => {
  test.each([
    ["L'HÉN", ['student:1']],
    ['zoé l’h', ['student:1']],
    ['Zoe', ['student:1']],
    ['dupont', ['teacher:1', 'student:2']],
    ['dupont j', ['student:2']],
    ['jean', ['student:2', 'teacher:1']],
    ['Zoe@Mail.example', ['student:1']],
    ['zoe@mail', ['student:1']],
    ['ZOÉ@Mail', ['student:1']],
    ['7', ['tutor:7']],
    ['JD', ['teacher:1']],
    ['%', []],
    ['_upont', []],
    ['upont', []],
    ["' OR true --", []],
  ])('%s', async (search, expected) => {
    expect((await found({ search })).sort()).toEqual([...expected].sort());
  });

  test('sorts by folded name, and narrows by kind, status, group and site', async () => {
    expect(await found({})).toEqual(['teacher:1', 'student:2', 'student:1', 'tutor:7']);
    expect(await found({ kind: 'student' })).toEqual(['student:2', 'student:1']);
    expect(await found({ status: 'suspended' })).toEqual(['student:2']);
    expect(await found({ siteCode: 'S1', status: 'active' })).toEqual(['student:1']);
    expect(await found({ groupCode: 'G1' })).toEqual(['student:1']);
    expect(await found({ groupCode: 'G2' })).toEqual([]);
  });
});

test('pages follow each other without a gap or a repetition', async () => {
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await db.users.listUsers({ limit: 1, ...(cursor ? { cursor } : {}) });
    seen.push(...page.items.map(({ kind, code }) => `${kind}:${code}`));
    cursor = page.nextCursor;
  } while (cursor !== null);

  expect(seen).toEqual(['teacher:1', 'student:2', 'student:1', 'tutor:7']);
});

test.each(['0', '-1', 'abc', '1e3', '99999999999', '4000000000', '123456'])(
  'the cursor %s is refused',
  async (cursor) => {
    await expect(db.users.listUsers({ limit: 1, cursor })).rejects.toThrow('cannot be continued');
  },
);
