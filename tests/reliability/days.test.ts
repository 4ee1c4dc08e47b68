import { readdir, readFile } from 'node:fs/promises';
import { TASK_NAMES, type TaskName } from '@passerelle/roster';
import { parseFault } from '@passerelle/simulator';
import type { Run } from '@passerelle/sync';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test } from 'vitest';
import { amount, createDice } from './support/amount.js';
import { expectWhole } from './support/expect-whole.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';

const DAYS = amount({ sample: 2, full: 60 });
const WORKERS = amount({ sample: 1, full: 4 });
/**
 * Tries at a part, of which one in four fails: few enough for a run in seven to
 * end without some of its parts, whose people must stay; and tries at a task.
 */
const PART_TRIES = 3;
const TRIES = 8;

const FAULTS = ['http502', 'reset', 'empty200', 'truncate', 'fault', 'malformed', 'html200'];

/** What one process, or all of them, may come to. */
const BOUNDS = { rssMb: 350, files: 80, connections: 100, dataFiles: 20, jobs: 1_500 };

describe.each(QUEUE_KINDS)('days in the life of a centre, the queue on %s', (kind) => {
  let rig: Rig;
  afterEach(() => rig.dispose());

  test(
    `${DAYS} of them end with the truth each, and within bounds`,
    async () => {
      const dice = createDice(`days ${kind}`);
      const settings = { NETYPAREO_RETRY_ATTEMPTS: String(PART_TRIES) };
      rig = await createRig(kind, { settings, maxConnections: 150 });
      const roles = [
        'scheduler' as const,
        ...Array.from({ length: WORKERS }, () => 'worker' as const),
      ];
      await Promise.all(roles.map((role) => rig.start(role)));
      const roleOf = new Map(rig.processes.map((running, index) => [running, roles[index]]));

      for (let day = 0; day < DAYS; day++) {
        const faults = [`${dice.pick(FAULTS)}:0.15`, `${dice.pick(FAULTS)}:0.1`].map(parseFault);
        rig.simulator.control({ day, faults });
        const killedDuring = day % 3 === 1 ? dice.pick(TASK_NAMES) : undefined;
        const runs: Run[] = [];
        for (const task of TASK_NAMES) {
          const run = runUntilGood(rig, task);
          if (task === killedDuring) {
            const victim = dice.pick(rig.processes);
            const role = roleOf.get(victim) ?? 'worker';
            await rig.kill(victim);
            roleOf.set(await rig.start(role), role);
          }
          runs.push(await run);
        }
        await expectWhole(rig, runs);
        await expectBounds(rig);
      }
    },
    amount({ sample: 600_000, full: 3_600_000 }),
  );
});

/** As the failure delay would have it made again. */
async function runUntilGood(rig: Rig, task: TaskName): Promise<Run> {
  let run = await rig.run(task);
  for (let tries = 1; tries < TRIES && run.state !== 'succeeded'; tries++) {
    // Nobody's whole site leaves: only what was not read, taken for gone, looks like it.
    expect({ task, state: run.state }).not.toMatchObject({ state: 'held' });
    run = await rig.run(task);
  }
  return run;
}

async function expectBounds(rig: Rig): Promise<void> {
  const { rows } = await rig.sql.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM pg_stat_activity WHERE client_addr IS NOT NULL',
  );
  const figures = await Promise.all(rig.processes.map(({ child }) => figuresOf(child.pid ?? 0)));
  const found = {
    rssMb: Math.max(...figures.map(({ rssMb }) => rssMb)),
    files: Math.max(...figures.map(({ files }) => files)),
    connections: rows[0]?.count ?? 0,
    dataFiles: (await readdir(rig.room.dataDir, { recursive: true })).length,
    jobs: await countJobs(rig),
  };
  expect(Object.entries(found).filter(([name, figure]) => figure > boundOf(name))).toEqual([]);
}

const boundOf = (name: string): number => new Map(Object.entries(BOUNDS)).get(name) ?? 0;

async function figuresOf(pid: number): Promise<{ rssMb: number; files: number }> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return { rssMb: kilobytes / 1024, files: (await readdir(`/proc/${pid}/fd`)).length };
}

/** Keys on Redis; jobs and events on PostgreSQL. */
async function countJobs({ redis, sql }: Rig): Promise<number> {
  if (redis !== undefined) {
    const client = new Redis(redis.url);
    const keys = await client.dbsize();
    await client.quit();
    return keys;
  }
  const { rows } = await sql.query<{ count: number }>(
    `SELECT ((SELECT count(*) FROM passerelle.job) + (SELECT count(*) FROM passerelle.event))::int AS count`,
  );
  return rows[0]?.count ?? 0;
}
