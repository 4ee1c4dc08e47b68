import type { TaskName } from '@passerelle/roster';
import { STYLES } from '@passerelle/simulator';
import { afterEach, describe, expect, test } from 'vitest';
import { amount, createDice } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, type Rig } from './support/rig.js';
import { SPOILS, type SpoilingProxy, startSpoilingProxy } from './support/spoiling-proxy.js';

/** Of either style. */
const RESPONSES = amount({ sample: 8, full: 100 });

const TASKS: readonly TaskName[] = [
  ...(['sync_students', 'sync_students', 'sync_students', 'sync_teachers'] as const),
  ...(['sync_tutors', 'sync_groups', 'sync_pdgroups', 'sync_sites', 'update_caches'] as const),
];

describe.each(STYLES)('%s answers that do not arrive whole', (style) => {
  let rig: Rig;
  let proxy: SpoilingProxy;
  afterEach(async () => {
    await rig.dispose();
    await proxy.close();
  });

  test(`remove and suspend nobody, ${RESPONSES} times`, async () => {
    const dice = createDice(`responses ${style}`);
    rig = await createRig('postgres', {
      ...{ simulator: { style }, sites: 3 },
      settings: { NETYPAREO_RETRY_ATTEMPTS: '1' },
    });
    proxy = await startSpoilingProxy(`${rig.simulator.url}/ws`, dice);
    rig.room.set({ NETYPAREO_ENDPOINT: proxy.url });
    await rig.start('worker');
    await expectWhole(rig, await rig.runAll());
    const callsOf = new Map<TaskName, number>();
    for (const task of new Set(TASKS)) {
      proxy.spoil('cut', -1);
      await rig.run(task);
      callsOf.set(task, proxy.calls());
    }

    for (let response = 0; response < RESPONSES; response++) {
      const task = dice.pick(TASKS);
      // Every kind in turn.
      const how = SPOILS[response % SPOILS.length] ?? 'cut';
      proxy.spoil(how, dice.below(callsOf.get(task) ?? 1));
      const { state, counts, links } = await rig.run(task);
      expect({
        task,
        how,
        state,
        isSpoilt: proxy.hasSpoilt(),
        removals: await removals(rig),
      }).toEqual({
        // What can be asked for in smaller pieces may well be read whole after all.
        ...{ task, how, state: expect.stringMatching('failed|partial|succeeded') },
        ...{ isSpoilt: true, removals: 0 },
      });
      expect([counts.suspended, links.removed]).toEqual([0, 0]);
    }
    await expectWhole(rig, await rig.runAll());
  }, 600_000);
});

/** How much was ever taken away, of whatever kind; nothing ever left the centre. */
async function removals({ sql }: Rig): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM changes WHERE kind IN ('suspended', 'removed')`,
  );
  return rows[0]?.count ?? -1;
}
