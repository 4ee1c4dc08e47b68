import { type AlertDeps, watchAlerts } from '@passerelle/sync';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen, MINUTE_MS, openWatchRig, type WatchRig } from './watch-rig.js';

// Hours go by in rounds, each with its statements: on a busy machine that takes its time.
let rig: WatchRig;
beforeEach(async () => {
  rig = await openWatchRig();
});
afterEach(() => rig.close());

const begun = ({ heard }: ReturnType<typeof listen>): string[] =>
  heard.flatMap(({ message }) => message.begun.map(({ key }) => key));
const ended = ({ heard }: ReturnType<typeof listen>): string[] =>
  heard.flatMap(({ message }) => message.ended.map(({ key }) => key));

async function holdRun(): Promise<number> {
  const { rows } = await rig.sql.query<{ id: number }>(
    `INSERT INTO sync_runs (task, state, trigger, started_at, ended_at)
     VALUES ('sync_students', 'held', 'schedule', $1, $1) RETURNING id`,
    [rig.clock.now],
  );
  return rows[0]?.id ?? 0;
}

const decide = (id: number): Promise<unknown> =>
  rig.sql.query(`UPDATE sync_runs SET state = 'partial' WHERE id = $1`, [id]);

it('tells once when a state begins and once when it ends, whoever looks', async () => {
  const channel = listen();
  // Three processes, each with its own eyes, all at the same moments.
  const processes = [1, 2, 3].map(() => rig.deps([channel]));
  const id = await holdRun();

  await rig.watch(5, ...processes);
  expect(channel.heard).toEqual([]);
  await rig.watchEvery(3, 30, ...processes);
  expect(begun(channel)).toEqual(['run_held:sync_students']);
  expect(channel.heard[0]?.message).toMatchObject({
    ...{ from: 'cfa.example', type: 'alerts', open: 1 },
    begun: [{ kind: 'run_held', severity: 'warning', facts: { runId: id } }],
  });

  await decide(id);
  await rig.watchEvery(3, 30, ...processes);
  expect(ended(channel)).toEqual(['run_held:sync_students']);
  expect(channel.heard).toHaveLength(2);
  expect(channel.heard[1]?.message).toMatchObject({ begun: [], open: 0 });
});

it('a round that was overtaken writes nothing', async () => {
  await holdRun();
  const first = await rig.db.alerts.claimRound(0, rig.clock.now);
  const second = await rig.db.alerts.claimRound(0, rig.clock.now);
  const nothing = { alerts: [], deliveries: [] };
  expect(await rig.db.alerts.saveRound(first ?? 0, nothing, rig.clock.now)).toBe(false);
  expect(await rig.db.alerts.saveRound(second ?? 0, nothing, rig.clock.now)).toBe(true);
});

it('of many who ask at once one has the round', async () => {
  const asked = Array.from({ length: 12 }, () => rig.db.alerts.claimRound(10_000, rig.clock.now));
  expect((await Promise.all(asked)).filter((round) => round !== null)).toHaveLength(1);
});

it('puts into one message what begins at about the same time', async () => {
  const channel = listen();
  await holdRun();
  rig.queue.backlog = null;
  const deps = rig.deps([channel]);
  await rig.watch(6, deps);
  expect(begun(channel)).toEqual(['run_held:sync_students']);
  await rig.sql.query(`UPDATE cluster_members SET vitals = '{"diskFreeBytes": 1024}'`);
  await rig.watch(9, deps);
  expect(channel.heard).toHaveLength(1);
  await rig.watch(9, deps);
  expect(channel.heard).toHaveLength(2);
  expect(channel.heard[1]?.message.begun.map(({ key }) => key)).toEqual([
    'queue_unreachable',
    'disk_full:a.example',
  ]);
});

it('a state that comes and goes all day makes a handful of messages', async () => {
  const channel = listen();
  const deps = rig.deps([channel]);
  for (let round = 0; round < 10; round += 1) {
    const id = await holdRun();
    await rig.watchEvery(2, 8, deps);
    await decide(id);
    await rig.watchEvery(2, 10, deps);
  }
  expect(channel.heard.length).toBeGreaterThan(1);
  expect(channel.heard.length).toBeLessThan(7);
});

it('tries again with growing pauses, and then tells what holds by then', async () => {
  let isUp = false;
  const channel = listen(() => (isUp ? { ok: true } : { ok: false, error: 'HTTP 500' }));
  const held = await holdRun();
  await rig.watch(6, rig.deps([channel]));
  await rig.watchEvery(5, 6 * 60, rig.deps([channel]));
  const tries = channel.heard.length;
  expect(tries).toBeGreaterThan(5);
  expect(tries).toBeLessThan(15);
  expect(new Set(channel.heard.map(({ id }) => id)).size).toBe(1);
  expect(await rig.db.alerts.lastDeliveries()).toMatchObject([
    { channel: 'webhook', attempts: tries, lastError: 'HTTP 500', deliveredAt: null },
  ]);

  // Meanwhile another begins and ends, untold; and then both ways are open again.
  const other = await holdRun();
  await decide(other);
  await decide(held);
  isUp = true;
  await rig.watchEvery(5, 120, rig.deps([channel]));
  const after = channel.heard.slice(tries).map(({ message }) => ({
    ...{ begun: message.begun.length, ended: message.ended.length },
  }));
  expect(after).toEqual([
    { begun: 1, ended: 0 },
    { begun: 0, ended: 1 },
  ]);
});

it('replaces a message of yesterday by one that says what holds today', async () => {
  const channel = listen(() => ({ ok: false, error: 'ECONNREFUSED' }));
  await holdRun();
  await rig.watch(6, rig.deps([channel]));
  await rig.watchEvery(30, 26 * 60, rig.deps([channel]));
  const ids = [...new Set(channel.heard.map(({ id }) => id))];
  expect(ids).toHaveLength(2);
  // sync_too_old has not come by then: the same one alert, told anew.
  expect(channel.heard.at(-1)?.message.begun).toHaveLength(1);
  const { rows } = await rig.sql.query(
    'SELECT id::text, abandoned_at IS NOT NULL AS abandoned FROM alert_deliveries ORDER BY created_at',
  );
  expect(rows).toEqual([
    { id: ids[0], abandoned: true },
    { id: ids[1], abandoned: false },
  ]);
});

it('a message whose sender died comes once more, with the same id', async () => {
  const dying = listen(() => Promise.reject(new Error('killed')));
  await holdRun();
  await rig.watch(5, rig.deps([dying]));
  await expect(watchAlerts(rig.deps([dying]), { minAgeMs: 0 })).rejects.toThrow('killed');
  expect(dying.heard).toHaveLength(1);

  const channel = listen();
  const successor: AlertDeps = rig.deps([channel]);
  await rig.watch(2, successor);
  expect(channel.heard).toEqual([]); // It might still be on its way.
  await rig.watch(3, successor);
  expect(channel.heard).toEqual(dying.heard);
  await rig.watchEvery(10, 60, successor);
  expect(channel.heard).toHaveLength(1);
});

it('what began while no channel was set is told when there is one', async () => {
  await holdRun();
  await rig.watch(10, rig.deps([]));
  const channel = listen();
  await rig.watch(1, rig.deps([channel]));
  expect(begun(channel)).toEqual(['run_held:sync_students']);
});

it('leaves no trace of what was a moment only', async () => {
  const id = await holdRun();
  await rig.watch(3, rig.deps([]));
  await decide(id);
  await rig.watch(3, rig.deps([]));
  const { rows } = await rig.sql.query('SELECT count(*)::int AS n FROM alerts');
  expect(rows).toEqual([{ n: 0 }]);
});

it('lists alerts from the newest to the oldest, page by page', async () => {
  const id = await holdRun();
  rig.queue.backlog = null;
  await rig.watch(15, rig.deps([]));
  await decide(id);
  await rig.watch(15, rig.deps([]));
  const all = await rig.db.alerts.listAlerts({ limit: 10 });
  expect(all.map(({ kind }) => kind).toSorted()).toEqual(['queue_unreachable', 'run_held']);
  const [first] = await rig.db.alerts.listAlerts({ limit: 1 });
  const rest = await rig.db.alerts.listAlerts({ limit: 10, beforeId: first?.id ?? 0 });
  expect([first, ...rest]).toEqual(all);
  expect(await rig.db.alerts.listAlerts({ open: true, limit: 10 })).toMatchObject([
    { kind: 'queue_unreachable', since: new Date(rig.clock.now.getTime() - 30 * MINUTE_MS) },
  ]);
});

it('sees the rejected share of the last complete run of everything', async () => {
  const channel = listen();
  const run = (state: string, read: number, rejected: number, site: string | null = null) =>
    rig.sql.query(
      `INSERT INTO sync_runs (task, state, trigger, read, rejected, site_code, ended_at)
       VALUES ('sync_tutors', $1, 'schedule', $2, $3, $4, $5)`,
      [state, read, rejected, site, rig.clock.now],
    );
  await run('succeeded', 100, 40);
  await run('failed', 0, 0);
  await run('succeeded', 100, 0, '1');
  await rig.watch(5, rig.deps([channel]));
  expect(begun(channel)).toEqual(['rejected_share:sync_tutors']);
  await run('succeeded', 100, 0);
  await rig.watch(30, rig.deps([channel]));
  expect(ended(channel)).toEqual(['rejected_share:sync_tutors']);
});
