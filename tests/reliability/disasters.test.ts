import type { StagedPerson } from '@passerelle/roster';
import type { Run } from '@passerelle/sync';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type Centre,
  group,
  openCentre,
  type Part,
  site,
} from '../integration/reconcile/centre.js';
import { person, place } from '../integration/reconcile/people.js';

/**
 * What has emptied other rosters (facts/operations.md): each arrives here as a
 * healthy answer. One registry for all: nothing of a disaster may stay behind.
 */
const LEARNERS = 5_000;
const SITES = 10;

let centre: Centre;
beforeAll(async () => {
  centre = await openCentre();
  const sites = Array.from({ length: SITES }, (_, n) => `S${n}`);
  await centre.sync('sync_sites', [{ rows: sites.map((code) => site(code)) }]);
  const groups = sites.flatMap((siteCode) =>
    Array.from({ length: 20 }, (_, n) => group(`${siteCode}G${n}`, { siteCode })),
  );
  await centre.sync('sync_groups', [{ rows: groups }]);
  await centre.sync('sync_students', partsOf(LEARNING));
});
afterAll(() => centre.dispose());

const LEARNING = Array.from({ length: LEARNERS }, (_, n) => learner(String(n + 1), n));

function learner(code: string, n: number): StagedPerson {
  const siteCode = `S${n % SITES}`;
  return person(code, {
    ...{ siteCode, lastName: `Nom${n}`, birthDate: '2008-01-01' },
    memberships: [place(`${siteCode}G${n % 20}`)],
  });
}

/** As the contract reads them: a part for each site. */
function partsOf(learners: readonly StagedPerson[]): Part[] {
  return Array.from({ length: SITES }, (_, n) => ({
    rows: learners.filter(({ siteCode }) => siteCode === `S${n}`),
    scope: { siteCode: `S${n}` },
  }));
}

/** Expects that nobody has lost anything, and that the run says why in one sentence. */
async function expectHarmless(run: Run, state: Run['state'], sentence: string): Promise<void> {
  expect(run).toMatchObject({ state, counts: { suspended: 0 }, links: { removed: 0 } });
  expect(run.error ?? run.holdReason).toContain(sentence);
  const lost = await centre.rows<{ people: number; links: number; changes: number }>(
    `SELECT (SELECT count(*)::int FROM users WHERE status <> 'active') AS people,
            (SELECT count(*)::int FROM memberships WHERE removed_at IS NOT NULL) AS links,
            (SELECT count(*)::int FROM changes WHERE kind IN ('suspended', 'removed')) AS changes`,
  );
  expect(lost).toEqual([{ people: 0, links: 0, changes: 0 }]);
}

test('an empty list with status 200', async () => {
  const run = await centre.sync('sync_students', partsOf([]));
  await expectHarmless(run, 'held', 'None of the 5,000 active learners came back.');
});

test('1,200 of 5,000 missing', async () => {
  const run = await centre.sync('sync_students', partsOf(LEARNING.slice(1_200)));
  await expectHarmless(
    ...([run, 'held'] as const),
    '1,200 of 5,000 active learners would be suspended; the guard allows 250.',
  );
});

test('a whole site missing', async () => {
  const others = LEARNING.filter(({ siteCode }) => siteCode !== 'S3');
  const run = await centre.sync('sync_students', partsOf(others));
  await expectHarmless(
    ...([run, 'held'] as const),
    'None of the 500 active learners of site S3 came back.',
  );
});

test('half the parts failing', async () => {
  const parts = partsOf(LEARNING).map((part, n) =>
    n % 2 === 0 ? part : { fails: 'The server answered 502.', scope: part.scope ?? {} },
  );
  const run = await centre.sync('sync_students', parts);
  await expectHarmless(run, 'partial', '5 of 10 parts could not be read: site S1; site S3');
});

test('all ids changed', async () => {
  const renumbered = LEARNING.map((_, n) => learner(`N${n + 1}`, n));
  const run = await centre.sync('sync_students', partsOf(renumbered));
  await expectHarmless(run, 'held', 'None of the 5,000 active learners came back.');
  expect(run.counts.created).toBe(LEARNERS);
});
