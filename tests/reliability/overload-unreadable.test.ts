import {
  type BadByte,
  createCentre,
  describeCentre,
  parseFault,
  type UserTruth,
} from '@passerelle/simulator';
import type { Run, UserView } from '@passerelle/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eachBackend } from '../support/backends.js';
import { createCluster, type TestCluster } from '../support/cluster.js';
import { PATIENCE_MS } from '../support/patience.js';
import { activeUsers, comparable } from '../support/truth.js';
import { amount, IS_FULL } from './support/amount.js';

// A record that breaks every answer it is in: everybody else is read, and whoever it is
// stays as they were. The days go on from test to test; each ends with the truth of its day.

const TODAY = '2026-11-20';
const SHAPE = { today: TODAY, learners: amount({ sample: 800, full: 20_000 }), sites: 6 };
const BEFORE = ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups'] as const;
/** In so many days some leave at more than one site, and some change their group. */
const STEP = amount({ sample: 4, full: 1 });
const GOOD = { state: 'succeeded', error: null };
/** Generous, as no verdict: how long it takes says nothing but how busy the machine is. */
const TEST_MS = amount({ sample: 300_000, full: 1_500_000 });

type Pick = (user: UserTruth, before: UserView | undefined) => boolean;

const isNew: Pick = (user, before) => before === undefined && groupsOf(user).length === 1;
const stays: Pick = (user, before) =>
  before !== undefined && groupsOf(user).length === 1 && isSame(groupsOf(user), groupsOf(before));
const moves: Pick = (user, before) =>
  before !== undefined &&
  groupsOf(user).length === 1 &&
  groupsOf(before).length === 1 &&
  !isSame(groupsOf(user), groupsOf(before));

const CASES: readonly [who: string, mode: BadByte['mode'], isMeant: Pick, records: number][] = [
  ['one who is new', 'utf8', isNew, 1],
  ['one who is new', 'control', isNew, 1],
  ['one who stays where they were', 'control', stays, 1],
  ['one who stays where they were', 'utf8', stays, 1],
  // The lists of both groups hold the record.
  ['one who changes their group', 'utf8', moves, 2],
  ['one who changes their group', 'control', moves, 2],
];

eachBackend(
  'a centre with records that break every answer',
  (backend) => {
    let cluster: TestCluster;
    let day = 0;
    beforeAll(async () => {
      cluster = await createCluster(backend, {
        ...{ simulator: { centre: SHAPE }, random: () => 0.01 },
        patienceMs: amount({ sample: 1, full: 5 }) * PATIENCE_MS,
      });
      await cluster.startWorker();
      for (const task of BEFORE) await cluster.run(task);
      await readLearners(cluster, 0);
    }, TEST_MS);
    afterAll(() => cluster.dispose());

    test.each(IS_FULL ? CASES : CASES.filter((_, index) => index % 2 === 1))(
      'is read but for %s (%s), and those who left elsewhere are suspended',
      async (_, mode, isMeant, records) => {
        day += STEP;
        const before = await activeLearners(cluster);
        const truth = learnersOn(cluster, day);
        const { code } = findIn(truth, (user) => isMeant(user, before.get(user.code)));
        const asBefore = await findLearner(cluster, code);

        spoil(cluster, [code], mode, day);
        const run = await readLearners(cluster, records);
        await expectNamed(cluster, run, code);
        expect(await findLearner(cluster, code)).toEqual(asBefore);

        // Of the sites of an unreadable record nothing may be concluded; of the others, all.
        const present = new Set(truth.map((user) => user.code));
        const leavers = [...before.keys()].filter((known) => !present.has(known));
        const nearby = leavers.filter((known) => isAtOneSite(cluster, known, code));
        expect(run.counts.suspended).toBeGreaterThanOrEqual(leavers.length - nearby.length);
        expect(leavers.length).toBeGreaterThan(nearby.length);
        await expectLearners(cluster, [code, ...nearby]);

        cluster.simulator.control({ badByte: null });
        await readLearners(cluster, 0);
        await expectLearners(cluster, []);
      },
      TEST_MS,
    );

    test(
      'is read but for two in different groups',
      async () => {
        day += STEP;
        const before = await activeLearners(cluster);
        const isMeant = (user: UserTruth) => stays(user, before.get(user.code));
        const one = findIn(learnersOn(cluster, day), isMeant);
        const other = findIn(
          learnersOn(cluster, day),
          (user) => isMeant(user) && !isSame(groupsOf(user), groupsOf(one)),
        );
        const codes = [one.code, other.code];
        const asBefore = await Promise.all(codes.map((code) => findLearner(cluster, code)));
        spoil(cluster, codes, 'control', day);
        await readLearners(cluster, 2);
        expect(await Promise.all(codes.map((code) => findLearner(cluster, code)))).toEqual(
          asBefore,
        );

        cluster.simulator.control({ badByte: null });
        await readLearners(cluster, 0);
        await expectLearners(cluster, []);
      },
      TEST_MS,
    );

    test(
      'fails after a bounded number of calls where nothing at all can be read',
      async () => {
        cluster.simulator.control({ reset: true, faults: [parseFault('malformed:1')] });
        expect(await cluster.run('sync_students')).toMatchObject({
          ...{ state: 'failed', errorKind: 'unreadable', counts: { suspended: 0 } },
        });
        // Each site twice, some twenty pieces, and those that were under way.
        expect(cluster.simulator.stats().calls).toBeLessThan(60);
        cluster.simulator.control({ faults: [] });
        await readLearners(cluster, 0);
        await expectLearners(cluster, []);
      },
      TEST_MS,
    );
  },
  IS_FULL ? ['postgres', 'redis'] : ['postgres'],
);

/** Lets the centre come to a day on which no answer can hold these learners. */
function spoil(
  { simulator }: TestCluster,
  codes: readonly string[],
  mode: BadByte['mode'],
  day: number,
): void {
  simulator.control({ day, badByte: codes.map((code) => ({ code: Number(code), mode })) });
}

async function readLearners(cluster: TestCluster, rejected: number): Promise<Run> {
  const run = await cluster.run('sync_students');
  expect(run).toMatchObject({ ...GOOD, counts: { rejected } });
  return run;
}

/** The centre's learners on a day, as a correct sync would have them. */
function learnersOn({ simulator }: TestCluster, day: number): UserTruth[] {
  const { origin } = simulator.centre().shape;
  const { users } = describeCentre(createCentre({ ...SHAPE, origin, day }));
  return users.filter(({ kind }) => kind === 'student');
}

function findIn(users: readonly UserTruth[], isMeant: (user: UserTruth) => boolean): UserTruth {
  const found = users.find(isMeant);
  if (found === undefined) throw new Error('The centre has no such learner on that day.');
  return found;
}

const groupsOf = ({ memberships }: UserTruth | UserView): string[] =>
  memberships.filter(({ active }) => active).map(({ group }) => group);

const isSame = (one: readonly string[], other: readonly string[]): boolean =>
  one.toSorted().join() === other.toSorted().join();

/** By the centre's own books: where both are, or were, enrolled. */
function isAtOneSite({ simulator }: TestCluster, one: string, other: string): boolean {
  const learners = [...simulator.centre().learners];
  const sitesOf = (code: string) =>
    learners
      .filter((learner) => String(learner.code) === code)
      .flatMap(({ enrolments }) => enrolments.map(({ siteCode }) => siteCode));
  return sitesOf(one).some((site) => sitesOf(other).includes(site));
}

async function findLearner({ db }: TestCluster, code: string): Promise<UserView | undefined> {
  const [found] = await db.users.findUsers({ kind: 'student', codeOrLogin: code });
  return found;
}

async function activeLearners({ db }: TestCluster): Promise<Map<string, UserView>> {
  const learners = (await activeUsers(db)).filter(({ kind }) => kind === 'student');
  return new Map(learners.map((user) => [user.code, user]));
}

/** Expects the active learners of the registry to be those of the centre, these left out. */
async function expectLearners(cluster: TestCluster, but: readonly string[]): Promise<void> {
  const { users } = describeCentre(cluster.simulator.centre());
  const byCode = (people: Iterable<UserView | UserTruth>) =>
    new Map(
      [...people]
        .filter(({ kind, code }) => kind === 'student' && !but.includes(code))
        // Tutors are not read here.
        .map((user) => [user.code, { ...comparable(user), tutors: [] }]),
    );
  expect(byCode((await activeLearners(cluster)).values())).toEqual(byCode(users));
}

/** Expects what was set aside to say where it is, and not who. */
async function expectNamed({ db }: TestCluster, run: Run, code: string): Promise<void> {
  const parts = await db.runs.listParts(run.id);
  for (const rejection of await db.runs.listRejections(run.id, 10)) {
    expect(rejection).toMatchObject({ reading: 'students', reason: 'unreadable', code: null });
    expect(rejection.message).toContain(`position ${rejection.ordinal}`);
    expect(JSON.stringify(rejection)).not.toContain(code);
    const part = parts.find(({ number }) => number === rejection.partNumber);
    expect(part).toMatchObject({ state: 'set_aside', page: { limit: 1 } });
    expect(part?.siteCode).not.toBeNull();
  }
}
