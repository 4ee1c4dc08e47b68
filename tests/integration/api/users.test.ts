import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { CANARIES, insertPeople, type Person } from './two-sites.js';

let api: TestApi;
let token: string;

beforeAll(async () => {
  api = await createTestApi();
  token = await api.token(['auth/netypareo:viewusers']);
  await insertPeople(api.sql, PEOPLE);
});
afterAll(() => api.dispose());

const LAST_NAMES = [
  ...["O'Brien", 'D’Angelo-Étienne', 'İnönü', 'Groß', 'Œuvrard', 'Ñandú', 'De La Tour', 'Ünal'],
  ...['100%', 'Under_Score', 'Back\\Slash', 'Émoji 🎉', '🎉', 'Ångström', 'Łukasz', 'Мария'],
  ...['李', 'Zoe', 'zoé', 'Martin', 'MARTIN', 'Mártin', 'Le  Goff', 'LeGoff', ...CANARIES],
];
const FIRST_NAMES = ['Zoé', 'ZOE', 'Jean-Émile', 'Étienne', 'Martin', '%', 'İlker', 'Anaïs', '🎉'];
const CODES = ['A1', 'a1', 'É7', 'e7', '%', '_', '12', '123', 'Ab-1', 'x\\1'];

/** Some hundred people; handles as the normaliser leaves them, in small letters. */
const PEOPLE: Person[] = LAST_NAMES.flatMap((lastName, row) =>
  FIRST_NAMES.map((firstName, column): Person => {
    const number = row * FIRST_NAMES.length + column;
    const handle = `${firstName}.${lastName}`.toLowerCase().normalize('NFC').replaceAll(' ', '');
    return {
      ...{ kind: (['student', 'teacher', 'tutor'] as const)[number % 3] ?? 'student' },
      code: number < CODES.length ? (CODES[number] ?? '') : `${1000 + number}`,
      ...{ lastName, firstName, site: `S${number % 5}` },
      login: number % 4 === 0 ? null : `${handle}${number}`,
      email: number % 7 === 0 ? 'contact@corp.example' : `${handle}${number}@cfa.example`,
    };
  }),
);

/** As a reader would say it: no accents, no case, words apart. */
function plainName(text: string): string {
  const letters = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  const spelt = letters.replace(/œ/g, 'oe').replace(/æ/g, 'ae').replace(/ß/g, 'ss');
  return (spelt.match(/[\p{L}\p{N}]+/gu) ?? []).join(' ');
}

function plainHandle(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}

function fits(person: Person, search: string): boolean {
  const { lastName, firstName, code, login, email } = person;
  const text = search.trim().replace(/ +/g, ' ');
  const name = plainName(text);
  const names = [`${lastName} ${firstName}`, `${firstName} ${lastName}`].map(plainName);
  const handles = [code, login, email].flatMap((handle) =>
    typeof handle === 'string' ? [plainHandle(handle)] : [],
  );
  return (
    (name !== '' && names.some((own) => own.startsWith(name))) ||
    handles.some((own) => own.startsWith(plainHandle(text)))
  );
}

async function findAll(query: Record<string, string>, limit: number): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const search = new URLSearchParams({
      ...query,
      limit: String(limit),
      ...(cursor ? { cursor } : {}),
    });
    const { status, json } = await api.ask('GET', `/api/v1/users?${search.toString()}`, { token });
    expect(status).toBe(200);
    const page = json as { items: { kind: string; code: string }[]; nextCursor: string | null };
    expect(page.items.length).toBeLessThanOrEqual(limit);
    found.push(...page.items.map(({ kind, code }) => `${kind}:${code}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/** The beginning of something that somebody has, written another way. */
const searches = fc
  .tuple(
    fc.constantFrom(...PEOPLE),
    fc.constantFrom<(person: Person) => string>(
      ({ lastName }) => lastName,
      ({ firstName }) => firstName,
      ({ firstName, lastName }) => `${firstName} ${lastName}`,
      ({ lastName, firstName }) => `${lastName} ${firstName}`,
      ({ code }) => code,
      ({ login }) => login ?? 'nobody',
      ({ email }) => email ?? 'nobody',
    ),
    fc.integer({ min: 1, max: 30 }),
    fc.constantFrom<(text: string) => string>(
      (text) => text,
      (text) => text.toUpperCase(),
      (text) => text.toLowerCase(),
      (text) => text.normalize('NFD'),
      (text) => plainHandle(text),
      (text) => ` ${text}  `,
    ),
  )
  .map(([person, part, length, rewrite]) => rewrite([...part(person)].slice(0, length).join('')))
  .filter((search) => search.trim() !== '');

describe('searching people', () => {
  it('finds exactly those who fit, whatever the search and the pages', async () => {
    await fc.assert(
      fc.asyncProperty(searches, fc.constantFrom(7, 200), async (search, limit) => {
        const found = await findAll({ search }, limit);
        const expected = PEOPLE.filter((person) => fits(person, search));

        expect(found.toSorted()).toEqual(
          expected.map(({ kind, code }) => `${kind}:${code}`).toSorted(),
        );
      }),
      { numRuns: 80 },
    );
  });

  it('within a kind and a site finds those of the whole who are of it, in the same order', async () => {
    await fc.assert(
      fc.asyncProperty(searches, fc.constantFrom('S0', 'S3'), async (search, site) => {
        const whole = await findAll({ search }, 200);
        const own = new Set(
          PEOPLE.filter((person) => person.site === site && person.kind === 'student').map(
            ({ kind, code }) => `${kind}:${code}`,
          ),
        );

        expect(await findAll({ search, site, kind: 'student' }, 5)).toEqual(
          whole.filter((ref) => own.has(ref)),
        );
      }),
      { numRuns: 30 },
    );
  });

  it('has the one whose code it is first', async () => {
    expect((await findAll({ search: '12' }, 200))[0]).toMatch(/:12$/);
  });

  it.each(['%', '_', '\\', "'", '"', ...CANARIES])('takes %s for itself', async (search) => {
    const found = await findAll({ search }, 200);
    expect(found).toHaveLength(PEOPLE.filter((person) => fits(person, search)).length);
  });
});

describe('what is odd', () => {
  const refused = async (query: string) => {
    const { status, json } = await api.ask('GET', `/api/v1/users?${query}`, { token });
    return [status, (json as { type: string }).type.split(':').at(-1)];
  };

  it.each([
    ['a search that is too long', `search=${'x'.repeat(256)}`],
    ['a control character', 'search=a%00b'],
    ['a line break', 'search=a%0Ab'],
    ['an empty search', 'search='],
    ['a field twice', 'search=a&search=b'],
    ['a field that nobody knows', 'reach=everywhere'],
    ['a limit too high', 'limit=201'],
    ['no limit', 'limit=0'],
    ['an unknown kind', 'kind=parent'],
  ])('is refused: %s', async (_name, query) => {
    expect(await refused(query)).toEqual([400, 'invalid-request']);
  });

  it.each(['0', '0.0', '9.1', '0.999999', '1.-1', "0.1'", '0.99999999999'])(
    'is refused: the cursor %s',
    async (cursor) => {
      const query = new URLSearchParams({ cursor }).toString();
      expect(await refused(query)).toEqual([400, 'invalid-cursor']);
    },
  );
});

describe('one person', () => {
  const show = (ref: string) =>
    api.ask('GET', `/api/v1/users/${encodeURIComponent(ref)}`, { token });

  it('is named by kind and code, whatever is in it', async () => {
    for (const person of PEOPLE.slice(0, CODES.length)) {
      const { status, json } = await show(`${person.kind}:${person.code}`);
      expect(status).toBe(200);
      expect(json).toMatchObject({ lastName: person.lastName, firstName: person.firstName });
    }
  });

  it('is given back as it is, canaries and all', async () => {
    for (const canary of CANARIES) {
      const person = PEOPLE.find(({ lastName }) => lastName === canary);
      const { headers, json } = await show(`${person?.kind}:${person?.code}`);
      expect(json).toMatchObject({ lastName: canary });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('may be named by a login that is theirs alone', async () => {
    const person = PEOPLE.find(({ login }) => typeof login === 'string');
    expect((await show((person?.login ?? '').toUpperCase())).json).toMatchObject({
      code: person?.code,
    });
  });

  it('is asked for more exactly where several fit', async () => {
    await insertPeople(api.sql, [
      { kind: 'student', code: '777777', lastName: 'X', firstName: 'Y' },
      { kind: 'tutor', code: '777777', lastName: 'X', firstName: 'Y' },
    ]);
    const { status, json } = await show('777777');

    expect(status).toBe(409);
    expect(json).toMatchObject({
      type: 'urn:passerelle:problem:ambiguous-user',
      candidates: ['student:777777', 'tutor:777777'],
    });
  });

  it.each([
    'student:nobody',
    'nobody',
    'parent:1',
    'student:',
    ':',
    `student:${'9'.repeat(200)}`,
    'student:1/../2',
  ])('is not found: %s', async (ref) => {
    const { status, json } = await show(ref);
    expect(status).toBe(404);
    expect(json).toMatchObject({ type: 'urn:passerelle:problem:not-found' });
  });
});

describe('export and erasure', () => {
  const exported = '/api/v1/users/student:e1/export';
  beforeAll(() =>
    insertPeople(api.sql, [{ kind: 'student', code: 'e1', lastName: 'Oubli', firstName: 'Ada' }]),
  );

  it('hands out everything that is kept as a file, and writes down who did', async () => {
    const { status, headers, json } = await api.ask('GET', exported, { token });
    const [event] = await api.audit();

    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toBe('attachment; filename="person.json"');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(json).toMatchObject({
      person: { kind: 'student', code: 'e1' },
      tables: { users: [{ last_name: 'Oubli' }] },
    });
    expect(event).toMatchObject({
      action: 'user.exported',
      actor: expect.stringMatching(/^token:\d+$/),
    });
  });

  it('erases only for those who may configure, too, and with a reason', async () => {
    const path = '/api/v1/users/student:e1';
    const both = await api.token(['auth/netypareo:viewusers', 'auth/netypareo:configure']);
    const erase = (body: unknown, by = both) => api.ask('DELETE', path, { token: by, body });

    expect((await erase({ reason: 'asked for' }, token)).status).toBe(403);
    expect((await erase({})).status).toBe(400);
    expect((await erase({ reason: ' ' })).status).toBe(400);
    expect((await erase({ reason: 'asked for', preview: true })).json).toMatchObject({
      erased: false,
      rows: { users: 1 },
    });
    expect((await api.ask('GET', path, { token })).status).toBe(200);
    expect((await erase({ reason: 'asked for' })).json).toMatchObject({
      erased: true,
      rows: { users: 1 },
    });
    expect((await api.ask('GET', path, { token })).status).toBe(404);
    expect((await api.audit())[0]).toMatchObject({
      ...{ action: 'user.erased', reason: 'asked for', from: '127.0.0.1' },
      actor: expect.stringMatching(/^token:\d+$/),
    });

    const allow = () =>
      api.ask('POST', `${path}/allow`, { token: both, body: { reason: 'enrolled again' } });
    expect((await allow()).status).toBe(204);
    expect((await allow()).status).toBe(404);
  });
});
