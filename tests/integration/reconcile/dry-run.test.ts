import { GUARD_NAMES } from '@passerelle/roster';
import type { PlannedChange } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Centre,
  definition,
  group,
  openCentre,
  type Part,
  rejection,
  site,
} from './centre.js';
import { charge, person, place } from './people.js';

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
});
beforeEach(() => centre.reset());
afterAll(() => centre.dispose());

const planOf = async (runId: number): Promise<PlannedChange[]> =>
  (await centre.plans.changes(runId, {}, { limit: 1000 })).items;

const WITHOUT_GUARDS = Object.fromEntries(GUARD_NAMES.map((name) => [name, 'off']));

/** Order within a statement says nothing. */
const sorted = (changes: readonly PlannedChange[]): string[] =>
  changes.map((change) => JSON.stringify(change)).toSorted();

/** Every table but those that tell of runs. */
const registry = async (): Promise<unknown> => {
  const tables = await centre.rows<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN
       ('sync_runs', 'sync_run_parts', 'run_events', 'rejected_records', 'planned_changes')
     ORDER BY 1`,
  );
  const contents: Record<string, unknown> = {};
  for (const { name } of tables) {
    contents[name] = await centre.rows(`SELECT t::text FROM ${name} t ORDER BY 1`);
  }
  return contents;
};

const learner = (code: string, groups: string[], said = {}) =>
  person(code, { siteCode: 'N', memberships: groups.map((name) => place(name)), ...said });

describe('a dry run', () => {
  const first = [learner('1', ['G1']), learner('2', ['G1', 'G2']), learner('3', ['G2'])];
  const second = [
    learner('1', ['G2'], { lastName: 'Le Goff', birthDate: '2000-01-01' }),
    learner('3', ['G2']),
    learner('4', ['G1', 'G9'], { siteCode: 'S' }),
  ];
  const base = async () => {
    await centre.sync('sync_sites', [{ rows: [site('N')] }]);
    await centre.sync('sync_groups', [
      { rows: [group('G1', { siteCode: 'N' }), group('G2', { siteCode: 'S' })] },
    ]);
    await centre.sync('sync_students', [{ rows: first }]);
    await centre.sync('sync_tutors', [{ rows: [person('7', { tutorships: [charge('2')] })] }]);
  };

  it('announces what the run then does, and changes nothing itself', async () => {
    await base();
    await centre.setGuards('sync_students', WITHOUT_GUARDS);
    const before = await registry();
    const dry = await centre.rehearse('sync_students', [{ rows: second }]);
    expect(await registry()).toEqual(before);
    const real = await centre.sync('sync_students', [{ rows: second }]);
    expect(real.counts).toMatchObject({ created: 1, updated: 1, suspended: 1 });
    expect({ ...dry, id: 0 }).toMatchObject({
      ...{ dryRun: true, state: 'succeeded', counts: real.counts, links: real.links },
    });
    const announced = await planOf(dry.id);
    expect(sorted(announced)).toEqual(sorted(await planOf(real.id)));
    expect(announced).toContainEqual({
      ...{ entity: 'user', ref: 'student:1', kind: 'updated', held: false },
      before: { last_name: 'Nom1', birth_date: null, netypareo_ouverage: '' },
      after: { last_name: 'Le Goff', birth_date: '2000-01-01', netypareo_ouverage: 'majeur' },
      ...{ site: 'N', group: null },
    });
    expect(announced).toContainEqual({
      ...{ entity: 'membership', ref: 'student:4/initial:G9', kind: 'created', held: false },
      before: null,
      after: { group_kind: 'initial', group_code: 'G9', role: 'student', active: false },
      ...{ site: 'S', group: 'initial:G9' },
    });
    expect(announced).toContainEqual({
      ...{ entity: 'tutorship', ref: 'tutor:7/student:2@C1', kind: 'updated', held: false },
      ...{ before: { active: true }, after: { active: false }, site: 'N', group: null },
    });
  });

  const others: [Parameters<Centre['sync']>[0], Part, Part][] = [
    ['sync_sites', { rows: [site('N'), site('S')] }, { rows: [site('S', 'Sud'), site('E')] }],
    [
      'sync_groups',
      { rows: [group('G1', { siteCode: 'N' }), group('G2')] },
      { rows: [group('G2', { siteCode: 'N' }), group('G3', { siteCode: 'N' })] },
    ],
    [
      'update_caches',
      { reading: 'definitions.status', rows: [definition('status', '1', 'apprenti')] },
      { reading: 'definitions.status', rows: [definition('status', '1', 'inscrit')] },
    ],
    [
      'sync_tutors',
      { rows: [person('7', { tutorships: [charge('1')] }), person('8')] },
      { rows: [person('7', { tutorships: [charge('2', { companyCode: '' })] })] },
    ],
  ];
  it.each(others)('announces what %s does', async (task, before, after) => {
    await centre.sync('sync_sites', [{ rows: [site('N')] }]);
    await centre.sync('sync_students', [{ rows: first }]);
    await centre.sync(task, [before]);
    const kept = await registry();
    const dry = await centre.rehearse(task, [after]);
    expect(await registry()).toEqual(kept);
    const real = await centre.sync(task, [after]);
    const announced = await planOf(dry.id);
    expect(announced.length).toBeGreaterThan(0);
    expect(announced.filter(({ ref }) => ref === 'erased')).toEqual([]);
    expect(sorted(announced)).toEqual(sorted(await planOf(real.id)));
  });

  it('says which removals would be held, and has succeeded all the same', async () => {
    await base();
    const before = await registry();
    const dry = await centre.rehearse('sync_students', [{ rows: [] }]);
    expect(await registry()).toEqual(before);
    expect(dry).toMatchObject({ state: 'succeeded', counts: { suspended: 0 } });
    expect(dry.holdReason).toMatch(/^Removals would be held back\. None of the 3 active learners/);
    const held = (await planOf(dry.id)).filter((change) => change.held);
    expect(held.map(({ kind, ref }) => `${kind} ${ref}`).toSorted()).toEqual([
      ...['removed student:1/initial:G1', 'removed student:2/initial:G1'],
      ...['removed student:2/initial:G2', 'removed student:3/initial:G2'],
      ...['suspended student:1', 'suspended student:2', 'suspended student:3'],
    ]);
    const real = await centre.sync('sync_students', [{ rows: [] }]);
    expect(real.state).toBe('held');
    expect(sorted(await planOf(real.id))).toEqual(sorted(await planOf(dry.id)));
    const { kinds } = await centre.plans.summary(real.id);
    expect(kinds).toEqual((await centre.plans.summary(dry.id)).kinds);
    expect(kinds).toContainEqual({ entity: 'user', kind: 'suspended', held: true, count: 3 });
    const all: PlannedChange[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page: Awaited<ReturnType<Centre['plans']['changes']>> = await centre.plans.changes(
        real.id,
        {},
        { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
      );
      all.push(...page.items);
      cursor = page.nextCursor;
    }
    expect(all).toEqual(await planOf(real.id));
    const again = await centre.rehearse('sync_students', [{ rows: first }]);
    expect(again.state).toBe('succeeded');
    expect(await centre.runs.getRun(real.id)).toMatchObject({ state: 'held' });
  });

  it('of lists says so, too', async () => {
    await centre.sync('sync_sites', [{ rows: [site('N')] }]);
    const dry = await centre.rehearse('sync_sites', [{ rows: [] }]);
    expect(await planOf(dry.id)).toMatchObject([{ ref: 'site:N', kind: 'suspended', held: true }]);
  });

  it('is partial when a part failed, and plans without removals', async () => {
    await base();
    const dry = await centre.rehearse('sync_students', [{ rows: second }, { fails: 'Gone.' }]);
    expect(dry).toMatchObject({ state: 'partial', counts: { created: 1, suspended: 0 } });
    const real = await centre.sync('sync_students', [{ rows: second }, { fails: 'Gone.' }]);
    expect(sorted(await planOf(dry.id))).toEqual(sorted(await planOf(real.id)));
  });

  it('leaves no staging behind, and lets a record set aside be', async () => {
    await base();
    const parts = [{ rows: second, rejected: [rejection('2')] }];
    const dry = await centre.rehearse('sync_students', parts);
    expect(dry.counts).toMatchObject({ rejected: 1, suspended: 0 });
    expect(
      await centre.rows(`SELECT tablename FROM pg_tables WHERE schemaname = 'staging'`),
    ).toEqual([]);
  });

  it('killed while it writes its plan, or its end, is taken up again and plans once', async () => {
    await base();
    for (const table of ['planned_changes', 'sync_runs']) {
      const before = await registry();
      const runId = await centre.stage('sync_students', [{ rows: second }], undefined, true);
      await centre.sql.query(`
        CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
        CREATE TRIGGER die AFTER INSERT OR UPDATE ON ${table} EXECUTE FUNCTION die()`);
      await expect(centre.reconcile(runId)).rejects.toThrow(/The database cannot be reached/);
      await centre.sql.query('DROP FUNCTION die CASCADE');
      expect(await registry()).toEqual(before);
      expect(await centre.runs.getRun(runId)).toMatchObject({ state: 'running' });
      expect(await planOf(runId)).toEqual([]);

      expect(await centre.reconcile(runId)).toMatchObject({ run: { counts: { created: 1 } } });
      const planned = await planOf(runId);
      expect(new Set(sorted(planned)).size).toBe(planned.length);
      expect(planned.filter(({ entity }) => entity === 'user')).toHaveLength(3);
      expect(
        await centre.rows(
          'SELECT count(*)::int AS count FROM planned_changes WHERE run_id = $1',
          runId,
        ),
      ).toEqual([{ count: planned.length }]);
    }
  });

  it('cancelled after it was killed leaves no plan', async () => {
    const runId = await centre.stage('sync_students', [{ rows: first }], undefined, true);
    await centre.sql.query(
      `INSERT INTO planned_changes (run_id, attempt, entity, ref, kind, held)
       VALUES ($1, 1, 'user', 'student:1', 'created', false)`,
      [runId],
    );
    await centre.runs.endRun(runId, 'cancelled', null, new Date());
    expect(await centre.rows('SELECT 1 FROM planned_changes')).toEqual([]);
  });
});

describe('while a dry run is under way', () => {
  it('a run that was asked for does not join it', async () => {
    const dry = { task: 'sync_sites', trigger: 'manual', dryRun: true } as const;
    const { run } = await centre.runs.requestRun(dry, new Date());
    expect(await centre.runs.requestRun(dry, new Date())).toMatchObject({ outcome: 'joined' });
    const real = { task: 'sync_sites', trigger: 'manual' } as const;
    expect(await centre.runs.requestRun(real, new Date())).toMatchObject({
      outcome: 'busy',
      run: { id: run.id, dryRun: true },
    });
  });

  it.each(['schedule', 'retry'] as const)('a due date (%s) waits for its end', async (of) => {
    const at = new Date('2026-10-01T02:00:00Z');
    const next = new Date('2026-10-02T02:00:00Z');
    await centre.sql.query(
      `UPDATE task_definitions SET next_run_at = $1, retry_at = $1 WHERE name = 'sync_sites'`,
      [at],
    );
    const { run } = await centre.runs.requestRun(
      { task: 'sync_sites', trigger: 'manual', dryRun: true },
      new Date(),
    );
    const due = of === 'schedule' ? { of, at, next } : { of, at };
    expect(await centre.runs.requestDueRun('sync_sites', due, new Date())).toBeNull();
    expect(await centre.tasks.getTask('sync_sites')).toMatchObject({ nextRunAt: at, retryAt: at });
    await centre.runs.endRun(run.id, 'cancelled', null, new Date());
    expect(await centre.runs.requestDueRun('sync_sites', due, new Date())).toMatchObject({
      outcome: 'created',
      run: { dryRun: false },
    });
  });
});

describe('a plan', () => {
  const many = Array.from({ length: 30 }, (_, index) =>
    learner(String(100 + index), [index % 3 === 0 ? 'G1' : 'G2'], {
      siteCode: index % 2 === 0 ? 'N' : 'S',
    }),
  );
  const plan = async () => {
    await centre.sync('sync_groups', [{ rows: [group('G1', { siteCode: 'N' }), group('G2')] }]);
    const dry = await centre.rehearse('sync_students', [{ rows: many }]);
    const real = await centre.sync('sync_students', [{ rows: many }]);
    return [dry.id, real.id];
  };

  it('is counted by kind, site and group', async () => {
    for (const runId of await plan()) {
      expect(await centre.plans.summary(runId)).toEqual({
        kinds: [
          { entity: 'membership', kind: 'created', held: false, count: 30 },
          { entity: 'user', kind: 'created', held: false, count: 30 },
        ],
        sites: [
          { site: 'N', entity: 'membership', kind: 'created', held: false, count: 20 },
          { site: 'N', entity: 'user', kind: 'created', held: false, count: 15 },
          { site: 'S', entity: 'membership', kind: 'created', held: false, count: 10 },
          { site: 'S', entity: 'user', kind: 'created', held: false, count: 15 },
        ],
        groups: [
          { group: 'initial:G1', entity: 'membership', kind: 'created', held: false, count: 10 },
          { group: 'initial:G2', entity: 'membership', kind: 'created', held: false, count: 20 },
        ],
      });
    }
  });

  it('is filtered, and handed out in pages that together are all of it', async () => {
    for (const runId of await plan()) {
      const countOf = async (filter: Parameters<Centre['plans']['changes']>[1]) =>
        (await centre.plans.changes(runId, filter, { limit: 1000 })).items.length;
      expect(await countOf({})).toBe(60);
      expect(await countOf({ entity: 'user' })).toBe(30);
      expect(await countOf({ kind: 'suspended' })).toBe(0);
      expect(await countOf({ siteCode: 'N' })).toBe(35);
      expect(await countOf({ siteCode: 'N', entity: 'user' })).toBe(15);
      expect(await countOf({ group: { code: 'G1' } })).toBe(10);
      expect(await countOf({ group: { kind: 'continuing', code: 'G1' } })).toBe(0);
      expect(await countOf({ user: { code: '104' } })).toBe(2);
      expect(await countOf({ user: { kind: 'tutor', code: '104' } })).toBe(0);

      const whole = await planOf(runId);
      const pages: PlannedChange[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<Centre['plans']['changes']>> = await centre.plans.changes(
          runId,
          {},
          { limit: 7, ...(cursor === null ? {} : { cursor }) },
        );
        expect(page.items.length).toBeLessThanOrEqual(7);
        pages.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      expect(pages).toEqual(whole);
    }
  });

  it('is filtered by person, their tutorships and those with them included', async () => {
    await centre.sync('sync_students', [{ rows: [learner('1', [])] }]);
    const rows = [
      person('7', { tutorships: [charge('1'), charge('9')] }),
      person('8', { tutorships: [charge('1')] }),
    ];
    const dry = await centre.rehearse('sync_tutors', [{ rows }]);
    const real = await centre.sync('sync_tutors', [{ rows }]);
    for (const { id } of [dry, real]) {
      const refsOf = async (kind: 'student' | 'tutor', code: string) => {
        const page = await centre.plans.changes(id, { user: { kind, code } }, { limit: 100 });
        return page.items.map(({ ref }) => ref).toSorted();
      };
      expect(await refsOf('tutor', '7')).toEqual([
        ...['tutor:7', 'tutor:7/student:1@C1', 'tutor:7/student:9@C1'],
      ]);
      expect(await refsOf('student', '1')).toEqual([
        'tutor:7/student:1@C1',
        'tutor:8/student:1@C1',
      ]);
      expect(await refsOf('student', '9')).toEqual(['tutor:7/student:9@C1']);
      expect(await refsOf('student', '7')).toEqual([]);
    }
  });

  it('refuses a cursor that is none', async () => {
    const [runId = 0] = await plan();
    await expect(centre.plans.changes(runId, {}, { limit: 1, cursor: 'x' })).rejects.toThrow(
      /cannot be continued/,
    );
  });
});
