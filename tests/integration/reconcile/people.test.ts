import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, definition, group, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const changes = (entity: string) =>
  centre.rows(
    `SELECT kind, before, after FROM changes WHERE entity = $1 ORDER BY run_id, after->>'code', entity_id, id`,
    entity,
  );

describe('people', () => {
  it('are added with profile, links and history, and left alone when they come again', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
    const amina = person('1', {
      birthDate: '2008-10-02',
      statusCode: 'A',
      memberships: [place('G1'), place('G9')],
    });
    const first = await centre.sync('sync_students', [{ rows: [amina, person('2')] }]);
    expect(first).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 2, updated: 0, unchanged: 0, suspended: 0, rejected: 0 },
      links: { added: 2, removed: 0 },
    });
    const before = await centre.content();
    expect(before).toMatchObject({
      users: [
        { code: '1', netypareo_ouverage: 'mineur', netypareo_status: 'A', status: 'active' },
        { code: '2', netypareo_ouverage: '', netypareo_status: '', status: 'active' },
      ],
      memberships: [
        { group: 'G1', active: true },
        { group: null, active: false },
      ],
    });
    expect(await changes('user')).toMatchObject([
      { kind: 'created', before: null, after: { code: '1', birth_date: '2008-10-02' } },
      { kind: 'created', before: null, after: { code: '2' } },
    ]);
    const again = await centre.sync('sync_students', [{ rows: [amina, person('2')] }]);
    expect(again).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 0, updated: 0, unchanged: 2, suspended: 0, rejected: 0 },
      links: { added: 0, removed: 0 },
    });
    expect(await centre.content()).toEqual(before);
  });

  it('are updated, and only what changed goes into the history', async () => {
    await centre.sync('sync_students', [{ rows: [person('1', { email: 'a@cfa.example' })] }]);
    const run = await centre.sync('sync_students', [
      { rows: [person('1', { email: null, siteCode: '02' })] },
    ]);
    expect(run.counts).toMatchObject({ read: 1, updated: 1, unchanged: 0 });
    expect((await changes('user'))[1]).toEqual({
      kind: 'updated',
      before: { email: 'a@cfa.example', site_code: null },
      after: { email: null, site_code: '02' },
    });
  });

  it('leave no change when only the hash of the same content differs', async () => {
    await centre.sync('sync_students', [{ rows: [person('1', { hash: 'old' })] }]);
    const run = await centre.sync('sync_students', [{ rows: [person('1', { hash: 'new' })] }]);
    expect(run.counts).toMatchObject({ updated: 0, unchanged: 1 });
    expect(await changes('user')).toHaveLength(1);
    expect(await centre.rows('SELECT content_hash FROM users')).toEqual([{ content_hash: 'new' }]);
  });

  it('come back active with their links after having been gone', async () => {
    const both = [
      person('1', { memberships: [place('G1')] }),
      person('2', { memberships: [place('G1')] }),
    ];
    await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
    await centre.sync('sync_students', [{ rows: both }]);
    const gone = await centre.sync('sync_students', [{ rows: both.slice(1) }]);
    expect(gone).toMatchObject({ counts: { suspended: 1, unchanged: 1 }, links: { removed: 1 } });
    const back = await centre.sync('sync_students', [{ rows: both }]);
    expect(back).toMatchObject({
      state: 'succeeded',
      counts: { read: 2, created: 0, updated: 1, unchanged: 1 },
      links: { added: 1 },
    });
    expect(await changes('user')).toMatchObject([
      { kind: 'created' },
      { kind: 'created' },
      { kind: 'suspended', before: { status: 'active' }, after: { status: 'suspended' } },
      { kind: 'restored', before: { status: 'suspended' }, after: { status: 'active' } },
    ]);
    expect(await centre.content()).toMatchObject({
      users: [{ status: 'active' }, { status: 'active' }],
      memberships: [
        { active: true, removed: false },
        { active: true, removed: false },
      ],
    });
    expect(await centre.rows('SELECT missing_since FROM users')).toEqual([
      { missing_since: null },
      { missing_since: null },
    ]);
  });

  it('of other kinds are not touched', async () => {
    await centre.sync('sync_teachers', [{ rows: [person('1')] }]);
    await centre.sync('sync_students', [{ rows: [person('1')] }]);
    expect((await centre.content())['users']).toMatchObject([
      { kind: 'student', netypareo_usertype: 'Apprenant', status: 'active' },
      { kind: 'teacher', netypareo_usertype: 'Enseignant', status: 'active' },
    ]);
  });
});

describe('links', () => {
  it('are added, changed, removed and added again with the record', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1'), group('G2')] }]);
    const other = person('2', { memberships: [place('G1')] });
    const withLinks = (...memberships: ReturnType<typeof place>[]) => [
      { rows: [other, person('1', { memberships })] },
    ];
    await centre.sync('sync_students', withLinks(place('G1'), place('G2')));
    const moved = await centre.sync(
      'sync_students',
      withLinks(place('G2', { endsOn: '2026-09-30' })),
    );
    expect(moved).toMatchObject({ counts: { updated: 1 }, links: { added: 0, removed: 1 } });
    const back = await centre.sync('sync_students', withLinks(place('G1'), place('G2')));
    expect(back).toMatchObject({ counts: { updated: 1 }, links: { added: 1, removed: 0 } });
    expect((await changes('membership')).slice(3)).toMatchObject([
      { kind: 'removed', before: { group_code: 'G1', active: true }, after: null },
      {
        kind: 'updated',
        before: { ends_on: null, active: true },
        after: { ends_on: '2026-09-30', active: false },
      },
      { kind: 'restored', before: { active: false }, after: { active: true, removed_at: null } },
      { kind: 'updated', before: { active: false }, after: { ends_on: null, active: true } },
    ]);
  });

  it('wait for groups, and count once these are known and active', async () => {
    const active = async () => (await centre.content())['memberships'];
    await centre.sync('sync_students', [{ rows: [person('1', { memberships: [place('G1')] })] }]);
    expect(await active()).toMatchObject([{ group: null, active: false }]);
    const { counts } = await centre.sync('sync_groups', [{ rows: [group('G1'), group('G2')] }]);
    expect(counts).toMatchObject({ read: 2, created: 2, updated: 0 });
    expect(await active()).toMatchObject([{ group: 'G1', active: true }]);
    await centre.sync('sync_groups', [{ rows: [group('G2')] }]);
    expect(await active()).toMatchObject([{ group: 'G1', active: false, removed: false }]);
    expect(await changes('membership')).toMatchObject([
      { kind: 'created' },
      { kind: 'updated', before: { group_id: null, active: false }, after: { active: true } },
      { kind: 'updated', before: { active: true }, after: { active: false } },
    ]);
  });

  it('of tutors wait for learners, and rest while these are suspended', async () => {
    const tutorships = async () => (await centre.content())['tutorships'];
    const tutor = person('7', { tutorships: [charge('1', { company: 'Île & Cie' })] });
    await centre.sync('sync_tutors', [{ rows: [tutor] }]);
    expect(await tutorships()).toMatchObject([{ student: null, active: false }]);
    await centre.sync('sync_students', [{ rows: [person('1'), person('2')] }]);
    expect(await tutorships()).toMatchObject([
      { student: '1', active: true, company: 'Île & Cie', company_code: 'C1' },
    ]);
    const { counts } = await centre.sync('sync_students', [{ rows: [person('2')] }]);
    expect(counts).toMatchObject({ read: 1, unchanged: 1, suspended: 1 });
    expect(await tutorships()).toMatchObject([{ student: '1', active: false, removed: false }]);
  });

  it('count between their dates only, without any change at the source', async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1')] }]);
    const dated = place('G1', { startsOn: '2026-10-02', endsOn: '2026-10-03' });
    const rows = [person('1', { memberships: [dated] })];
    const updated = [];
    for (const day of ['2026-10-01', '2026-10-02', '2026-10-03', '2026-10-04']) {
      const { counts } = await centre.sync('sync_students', [{ rows }], day);
      const [link] = await centre.rows<{ active: boolean }>('SELECT active FROM memberships');
      updated.push([link?.active, counts.updated]);
    }
    expect(updated).toEqual([
      [false, 0],
      [true, 1],
      [true, 0],
      [false, 1],
    ]);
  });
});

describe('profile fields', () => {
  it('are labels of the code tables; an unknown code stands for itself', async () => {
    await centre.sync('update_caches', [
      { reading: 'definitions.usertype', rows: [definition('usertype', 'F', 'Formateur')] },
      { reading: 'definitions.status', rows: [definition('status', 'A', 'apprenti')] },
      { reading: 'definitions.cursus', rows: [definition('cursus', 'A', 'BTS1')] },
      { reading: 'definitions.program', rows: [definition('program', 'A', 'Boulangerie')] },
      { reading: 'definitions.program_step', rows: [definition('program_step', 'A', '1re année')] },
    ]);
    const coded = { statusCode: 'A', cursusCode: 'A', programCode: 'A', programStepCode: 'A' };
    await centre.sync('sync_teachers', [
      {
        rows: [
          person('1', { usertypeCode: 'F', ...coded }),
          person('2', { usertypeCode: '?', statusCode: '?' }),
        ],
      },
    ]);
    expect((await centre.content())['users']).toMatchObject([
      {
        netypareo_usertype: 'Formateur',
        netypareo_status: 'apprenti',
        netypareo_cursus: 'BTS1',
        netypareo_program: 'Boulangerie',
        netypareo_program_step: '1re année',
      },
      { netypareo_usertype: 'Enseignant', netypareo_status: '?', netypareo_cursus: '' },
    ]);
  });

  it('follow a birthday and a new label without any change of the record', async () => {
    const rows = [person('1', { birthDate: '2008-10-02', statusCode: 'A' })];
    await centre.sync('sync_students', [{ rows }], '2026-10-01');
    await centre.sync('update_caches', [
      { reading: 'definitions.status', rows: [definition('status', 'A', 'apprenti')] },
    ]);
    const run = await centre.sync('sync_students', [{ rows }], '2026-10-02');
    expect(run.counts).toMatchObject({ read: 1, updated: 1, unchanged: 0 });
    expect((await changes('user'))[1]).toEqual({
      kind: 'updated',
      before: { netypareo_ouverage: 'mineur', netypareo_status: 'A' },
      after: { netypareo_ouverage: 'majeur', netypareo_status: 'apprenti' },
    });
    const same = await centre.sync('sync_students', [{ rows }], '2026-10-02');
    expect(same.counts).toMatchObject({ updated: 0, unchanged: 1 });
  });
});
