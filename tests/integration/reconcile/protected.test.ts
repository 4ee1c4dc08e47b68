import type { ProtectedSubject } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Centre, contextOf, group, openCentre } from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const ANNA = { by: 'cli:anna', reason: 'Works abroad.' };
const NOW = new Date('2026-10-01T09:00:00Z');
const learner = (code: string): ProtectedSubject => ({ of: 'user', kind: 'student', code });
const initial = (code: string): ProtectedSubject => ({ of: 'group', kind: 'initial', code });
const protect = (subject: ProtectedSubject) => centre.protections.protect(subject, ANNA, NOW);
const unprotect = (subject: ProtectedSubject) => centre.protections.unprotect(subject, ANNA, NOW);

const STAYS = [person('8', { memberships: [place('G1')] }), person('9')];
const LEAVES = person('1', { memberships: [place('G1'), place('G2')] });
const learners = (rows: (typeof LEAVES)[], today?: string) =>
  centre.sync('sync_students', [{ rows }], today);

const statusOf = async (table: 'users' | 'groups', code: string) => {
  const [row] = await centre.rows<{ status: string }>(
    `SELECT status FROM ${table} WHERE code = $1`,
    code,
  );
  return row?.status;
};

/** `1/G1`: memberships that are present. */
const present = async () => {
  const rows = await centre.rows<{ ref: string }>(
    `SELECT u.code || '/' || m.group_code AS ref FROM memberships m JOIN users u ON u.id = m.user_id
      WHERE m.removed_at IS NULL ORDER BY 1`,
  );
  return rows.map(({ ref }) => ref);
};

describe('a protected person', () => {
  it('is not suspended, whatever runs come, until they are unprotected', async () => {
    await learners([LEAVES, ...STAYS]);
    await protect(learner('1'));
    for (const today of ['2026-10-02', '2026-10-20']) {
      const run = await learners(STAYS, today);
      expect(run).toMatchObject({
        state: 'succeeded',
        counts: { suspended: 0 },
        links: { removed: 0 },
      });
    }
    expect(await unprotect(learner('1'))).toBe(0);
    expect(await learners(STAYS, '2026-10-21')).toMatchObject({
      counts: { suspended: 1 },
      links: { removed: 2 },
    });
  });

  it('keeps memberships that their record no longer holds', async () => {
    await learners([LEAVES, ...STAYS]);
    await protect(learner('1'));
    const fewer = person('1', { memberships: [place('G1')] });
    await learners([fewer, ...STAYS]);
    await learners([fewer, ...STAYS]);
    expect(await present()).toEqual(['1/G1', '1/G2', '8/G1']);
    await unprotect(learner('1'));
    expect(await learners([fewer, ...STAYS])).toMatchObject({ links: { removed: 1 } });
  });

  it('keeps their tutor’s charge, who leaves without them', async () => {
    await learners([LEAVES, ...STAYS]);
    const tutors = [person('7', { tutorships: [charge('1'), charge('8')] }), person('6')];
    await centre.sync('sync_tutors', [{ rows: tutors }]);
    await centre.setGuards('sync_tutors', { emptied: 'off' });
    await protect(learner('1'));
    const run = await centre.sync('sync_tutors', [{ rows: tutors.slice(1) }]);
    expect(run).toMatchObject({ counts: { suspended: 1 }, links: { removed: 1 } });
    const kept = async () =>
      centre.rows('SELECT student_code FROM tutorships WHERE removed_at IS NULL');
    expect(await kept()).toEqual([{ student_code: '1' }]);
    // Nothing looks at a suspended tutor again: what the protection kept goes with it.
    expect(await unprotect(learner('1'))).toBe(1);
    expect(await kept()).toEqual([]);
    expect(
      await centre.rows(
        `SELECT actor, kind, before ->> 'student_code' AS student FROM changes
          WHERE entity = 'tutorship' ORDER BY id DESC LIMIT 1`,
      ),
    ).toEqual([{ actor: 'cli:anna', kind: 'removed', student: '1' }]);
  });

  it('does not hide a list that falls to zero', async () => {
    await learners([LEAVES, ...STAYS]);
    await protect(learner('1'));
    const run = await learners([]);
    expect(run).toMatchObject({ state: 'held' });
    expect(run.holdReason).toContain('None of the 2 active learners came back.');
  });

  it('is left out when a removal held before is approved', async () => {
    const many = Array.from({ length: 30 }, (_, index) => person(`4${index}`));
    await learners([...many, ...STAYS]);
    const held = await learners(STAYS);
    await protect(learner('40'));
    const context = contextOf('2026-10-02');
    const approved = await centre.registry.approveRun(held.id, ANNA, context);
    expect(approved).toMatchObject({ outcome: 'approved', applied: 29, leftOut: 1 });
    expect(await statusOf('users', '40')).toBe('active');
  });

  it('is announced as staying by a dry run', async () => {
    await learners([LEAVES, ...STAYS]);
    await protect(learner('1'));
    const dry = await centre.rehearse('sync_students', [{ rows: STAYS }]);
    expect(await centre.plans.summary(dry.id)).toMatchObject({ kinds: [] });
  });
});

describe('a protected group', () => {
  const GROUPS = [group('G1'), group('G2')];

  it('is not suspended', async () => {
    await centre.sync('sync_groups', [{ rows: GROUPS }]);
    await protect(initial('G2'));
    expect(await centre.sync('sync_groups', [{ rows: GROUPS.slice(0, 1) }])).toMatchObject({
      state: 'succeeded',
      counts: { suspended: 0 },
    });
    await unprotect(initial('G2'));
    await centre.sync('sync_groups', [{ rows: GROUPS.slice(0, 1) }]);
    expect(await statusOf('groups', 'G2')).toBe('suspended');
  });

  it('does not hide that all others are gone', async () => {
    await centre.sync('sync_groups', [{ rows: GROUPS }]);
    await protect(initial('G2'));
    expect(await centre.sync('sync_groups', [{ rows: [] }])).toMatchObject({ state: 'held' });
  });

  it('keeps its memberships, of those who stay and of those who leave', async () => {
    await centre.sync('sync_groups', [{ rows: GROUPS }]);
    await centre.setGuards('sync_students', { emptied: 'off' });
    const both = person('2', { memberships: [place('G1'), place('G2')] });
    await learners([LEAVES, both, ...STAYS]);
    await protect(initial('G2'));
    await learners([person('2', { memberships: [place('G1')] }), ...STAYS]);
    expect(await statusOf('users', '1')).toBe('suspended');
    expect(await present()).toEqual(['1/G2', '2/G1', '2/G2', '8/G1']);
    expect(await unprotect(initial('G2'))).toBe(1);
    expect(await present()).toEqual(['2/G1', '2/G2', '8/G1']);
    await learners([person('2', { memberships: [place('G1')] }), ...STAYS]);
    expect(await present()).toEqual(['2/G1', '8/G1']);
  });
});

describe('protecting', () => {
  it('is listed, and left in the audit', async () => {
    await learners([LEAVES, ...STAYS]);
    expect(await protect(learner('1'))).toBe(true);
    await centre.protections.protect(learner('1'), { ...ANNA, reason: 'Ill.' }, NOW);
    expect(await centre.protections.listProtections('user')).toEqual([
      { ref: 'student:1', by: 'cli:anna', reason: 'Ill.', at: NOW },
    ]);
    expect(await centre.protections.listProtections('group')).toEqual([]);
    await unprotect(learner('1'));
    const audit = await centre.rows(
      'SELECT actor, action, entity, reason FROM audit_events ORDER BY id',
    );
    expect(audit).toEqual([
      { actor: 'cli:anna', action: 'user.protected', entity: 'user', reason: 'Works abroad.' },
      { actor: 'cli:anna', action: 'user.protected', entity: 'user', reason: 'Ill.' },
      { actor: 'cli:anna', action: 'user.unprotected', entity: 'user', reason: 'Works abroad.' },
    ]);
  });

  it('knows nobody who is not in the registry, and nothing that is not protected', async () => {
    expect(await protect(learner('1'))).toBe(false);
    expect(await protect(initial('G1'))).toBe(false);
    expect(await unprotect(initial('G1'))).toBeNull();
  });

  it('goes with an erasure, which it does not prevent', async () => {
    await learners([LEAVES, ...STAYS]);
    await protect(learner('1'));
    const erased = await centre.personal.eraseUser({ kind: 'student', code: '1' }, ANNA, NOW);
    expect(erased).toMatchObject({ rows: { protections: 1, users: 1 } });
    expect(await centre.protections.listProtections('user')).toEqual([]);
    // Why they were protected is theirs, too.
    expect(await centre.rows('SELECT action, reason FROM audit_events ORDER BY id')).toEqual([
      { action: 'user.protected', reason: null },
      { action: 'user.erased', reason: 'Works abroad.' },
    ]);
  });
});
