import { expect, it } from 'vitest';
import type { Run } from '../ports/runs.js';
import { approveRun } from './approve-run.js';

const NOW = new Date('2026-11-22T09:00:00Z');
const STARTED = new Date('2026-11-22T01:30:00Z');
const DECISION = { by: 'cli:anna', reason: 'The site has closed.' };

/** What approving run 5 wrote about its task, when others have failed. */
async function writtenBy(
  outcome: string,
  failed: readonly { id: number; siteCode: string | null }[] = [],
): Promise<{ days: string[]; written: Date[] }> {
  const written: Date[] = [];
  const days: string[] = [];
  const run = {
    ...{ id: 5, task: 'sync_students', state: 'succeeded' },
    ...{ siteCode: null, userId: null, dryRun: false },
  };
  const ended = { ...run, startedAt: STARTED, counts: {} } as unknown as Run;
  const deps = {
    registry: {
      approveRun: async (_id: number, _decision: unknown, { today }: { today: string }) => {
        days.push(today);
        return { outcome, run: ended, applied: 3, leftOut: 0 };
      },
    },
    runs: {
      listRuns: async ({ whole, limit }: { whole?: true; limit: number }) =>
        failed
          .filter(({ siteCode }) => !whole || siteCode === null)
          .toSorted((one, other) => other.id - one.id)
          .slice(0, limit),
    },
    tasks: { recordSuccess: async (_name: string, at: Date) => void written.push(at) },
    timeZone: 'Europe/Paris',
    now: () => NOW,
    log: { info() {}, warn() {}, error() {} },
  };
  await approveRun(deps as never, 5, DECISION);
  return { days, written };
}

it('is a good sync, from the start of the run, as of the day of the decision', async () => {
  expect(await writtenBy('approved')).toEqual({ days: ['2026-11-22'], written: [STARTED] });
});

it.each(['superseded', 'not_held'])('%s is none', async (outcome) => {
  expect((await writtenBy(outcome)).written).toEqual([]);
});

it('leaves alone what a newer run that failed has put off', async () => {
  const older = { id: 4, siteCode: null };
  const ofSite = { id: 6, siteCode: '2' };
  expect((await writtenBy('approved', [older, ofSite])).written).toEqual([STARTED]);
  const newer = { id: 7, siteCode: null };
  expect((await writtenBy('approved', [older, newer])).written).toEqual([]);
});
