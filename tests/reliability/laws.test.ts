import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { amount, createDice, IS_FULL } from './support/amount.js';
import { type GeneratedCentre, generatedCentre } from './support/generated-centre.js';
import {
  type LawsRig,
  type Manner,
  openLawsRig,
  PLAINLY,
  type RunOptions,
} from './support/laws-rig.js';

/** Laws of reading, for any two centres: guards off, nobody given time before they are gone. */
let rig: LawsRig;
beforeAll(async () => {
  rig = await openLawsRig();
});
afterAll(() => rig.close());

const TIMEOUT = { timeout: amount({ sample: 180_000, full: 1_800_000 }) };

const FEWEST = 1;

/** Checks a law for any values, on an empty registry each time; the same seed gives the same values. */
async function check<Values extends [unknown, ...unknown[]]>(
  name: string,
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  law: (...values: Values) => Promise<void>,
): Promise<void> {
  // On a busy machine fewer cases have to do. A case that has begun is brought to its end.
  const until = Date.now() + amount({ sample: 1_500, full: 300_000 });
  let cases = 0;
  const inTime = async (...values: Values): Promise<void> => {
    cases += 1;
    if (cases <= FEWEST || Date.now() < until) await law(...values);
  };
  const property = fc.asyncProperty<Values>(...arbitraries, inTime).beforeEach(() => rig.reset());
  await fc.assert(property, {
    seed: createDice(name).below(2 ** 31),
    numRuns: amount({ sample: 10, full: 120 }),
    // Finding the smallest case takes a hundred others.
    endOnFailure: !IS_FULL,
  });
}

// Few cases: none of them is to be a special one.
type Two = [GeneratedCentre, GeneratedCentre];
const orderly = fc.noBias(generatedCentre({ bad: false, repeated: true }));
const any = fc.noBias(generatedCentre({ bad: true, repeated: true }));
const unrepeated = fc.noBias(generatedCentre({ bad: false, repeated: false }));

/** Some calls fail: the first always does, of parts in whatever order. */
const trouble = fc.noBias(
  fc.record({
    others: fc.array(fc.boolean(), { minLength: 3, maxLength: 6 }),
    shuffle: fc.nat(50),
  }),
);
type Trouble = typeof trouble extends fc.Arbitrary<infer Value> ? Value : never;
const inTrouble = ({ others, shuffle }: Trouble): RunOptions => ({
  manner: { ...PLAINLY, shuffle },
  fails: (call) => call === 0 || others[call - 1] === true,
});

const manner: fc.Arbitrary<Manner> = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  workers: fc.integer({ min: 1, max: 4 }),
  shuffle: fc.integer({ min: 1, max: 50 }),
});

describe('reading a centre', () => {
  it('after another leaves what reading it alone does, but for leavers', TIMEOUT, async () => {
    await check<Two>('after another', [orderly, orderly], async (a, b) => {
      await rig.sync(a);
      await rig.sync(b);
      const after = await present();
      await rig.reset();
      await rig.sync(b);
      expect(after).toEqual(await present());
    });
  });

  it('a second time changes nothing', TIMEOUT, async () => {
    await check<Two>('a second time', [any, any], async (a, b) => {
      await rig.sync(a);
      await rig.sync(b);
      const content = await rig.content();
      const runs = await rig.sync(b);
      // The history is part of it.
      expect(await rig.content()).toEqual(content);
      for (const { counts, links } of runs) {
        expect(counts).toMatchObject({ created: 0, updated: 0, suspended: 0 });
        expect(links).toEqual({ added: 0, removed: 0 });
      }
    });
  });

  it('in whatever order, batches and by however many comes to the same', TIMEOUT, async () => {
    type Manners = [...Two, Manner, Manner];
    await check<Manners>('in any manner', [any, any, manner, manner], async (a, b, one, other) => {
      const outcomes = [];
      for (const how of [one, other]) {
        await rig.reset();
        const runs = [
          ...(await rig.sync(a, { manner: how })),
          ...(await rig.sync(b, { manner: how })),
        ];
        outcomes.push(await outcomeOf(runs));
      }
      expect(outcomes[0]).toEqual(outcomes[1]);
    });
  });
});

describe('a dry run', () => {
  it('announces exactly what the run then changes, and changes nothing', TIMEOUT, async () => {
    type Dry = [...Two, TaskName[], TaskName[], Trouble];
    const some = fc.noBias(fc.subarray([...TASK_NAMES]));
    const values = [any, any, some, some, trouble] as const;
    await check<Dry>('dry runs', [...values], async (a, b, guarded, troubled, which) => {
      await rig.sync(a);
      for (const task of guarded) await rig.setGuards(task, { removals: '0,0%' });
      for (const task of TASK_NAMES) {
        const options = troubled.includes(task) ? inTrouble(which) : {};
        const before = await rig.content();
        const dry = await rig.runTask(task, b, { ...options, dryRun: true });
        expect(await rig.content()).toEqual(before);
        const real = await rig.runTask(task, b, options);
        expect(dry).toMatchObject({ counts: real.counts, links: real.links });
        expect(await rig.changesOf(dry)).toEqual(await rig.changesOf(real));
      }
    });
  });
});

describe('runs that cannot read some of their parts', () => {
  it(
    'remove nobody, nor do their retries, and harm is none once all is read',
    TIMEOUT,
    async () => {
      await check<[...Two, Trouble]>('failing', [orderly, orderly, trouble], async (a, b, some) => {
        await rig.sync(a);
        const runs = await rig.sync(b, inTrouble(some));
        for (const run of runs.filter(({ state }) => state === 'partial')) {
          expect(await rig.retry(run, b)).toMatchObject({ onlyMissing: true, state: 'succeeded' });
        }
        expect(runs.map(({ state }) => state)).not.toContain('succeeded');
        expect(await countLeavers()).toEqual({ suspended: 0, removed: 0 });
        await rig.sync(b);
        const healed = await present();
        await rig.reset();
        await rig.sync(b);
        expect(healed).toEqual(await present());
      });
    },
  );

  // Of one person's differing records each run goes by those that it has read.
  it('are made whole by a retry', TIMEOUT, async () => {
    await check<[GeneratedCentre, Trouble]>('retries', [unrepeated, trouble], async (a, some) => {
      const isOfPeople = (task: TaskName) => PEOPLE.includes(task);
      for (const task of TASK_NAMES) {
        const run = await rig.runTask(task, a, isOfPeople(task) ? inTrouble(some) : {});
        if (isOfPeople(task)) await rig.retry(run, a);
      }
      const retried = await present();
      await rig.reset();
      await rig.sync(a);
      expect(retried).toEqual(await present());
    });
  });
});

const PEOPLE: readonly TaskName[] = ['sync_students', 'sync_teachers', 'sync_tutors'];

/** All that runs have left that an order could show in. */
async function outcomeOf(runs: readonly Run[]) {
  const changes = [];
  for (const run of runs) changes.push(await rig.changesOf(run));
  const { changes: _byNumber, ...content } = await rig.content();
  const quarantine = await rig.rows(
    `SELECT entity, code, reason, times FROM quarantine WHERE code <> '' ORDER BY entity, code`,
  );
  const figures = runs.map(({ task, state, counts, links }) => ({ task, state, counts, links }));
  return { figures, changes, content, quarantine };
}

/** What was taken for gone. */
async function countLeavers() {
  const [row] = await rig.rows<{ suspended: number; removed: number }>(
    `SELECT (SELECT count(*)::int
               FROM (SELECT status FROM users UNION ALL SELECT status FROM groups
                     UNION ALL SELECT status FROM sites
                     UNION ALL SELECT status FROM definitions) s
              WHERE status <> 'active') AS suspended,
            (SELECT count(*)::int
               FROM (SELECT removed_at FROM memberships
                     UNION ALL SELECT removed_at FROM tutorships) l
              WHERE removed_at IS NOT NULL) AS removed`,
  );
  return row;
}

/** All that is there now, without who has left, and what refers to them. */
async function present() {
  const of = (sql: string) => rig.rows<object>(sql);
  return {
    users: await of(`SELECT ${USER} FROM users WHERE status = 'active' ORDER BY kind, code`),
    memberships: await of(
      `SELECT u.kind, u.code, m.group_kind, m.group_code, g.code AS group, m.role,
              m.starts_on::text, m.ends_on::text, m.active
         FROM memberships m JOIN users u ON u.id = m.user_id
         LEFT JOIN groups g ON g.id = m.group_id AND g.status = 'active'
        WHERE m.removed_at IS NULL ORDER BY 1, 2, 3, 4, 6`,
    ),
    tutorships: await of(
      `SELECT u.code, t.student_code, s.code AS student, t.company_code, t.company,
              t.starts_on::text, t.ends_on::text, t.active
         FROM tutorships t JOIN users u ON u.id = t.tutor_id
         LEFT JOIN users s ON s.id = t.student_id AND s.status = 'active'
        WHERE t.removed_at IS NULL ORDER BY 1, 2, 4`,
    ),
    groups: await of(
      `SELECT g.kind, g.code, g.name, g.period_code, g.site_code, s.code AS site,
              g.starts_on::text, g.content_hash
         FROM groups g LEFT JOIN sites s ON s.id = g.site_id AND s.status = 'active'
        WHERE g.status = 'active' ORDER BY 1, 2`,
    ),
    sites: await of(
      `SELECT code, name, content_hash FROM sites WHERE status = 'active' ORDER BY 1`,
    ),
    definitions: await of(
      `SELECT domain, code, label FROM definitions WHERE status = 'active' ORDER BY 1, 2`,
    ),
  };
}

const USER = `kind, code, login, last_name, first_name, email, birth_date::text, site_code,
  usertype_code, status_code, cursus_code, netypareo_usertype, netypareo_ouverage, netypareo_status,
  netypareo_cursus, content_hash, search_name`;
