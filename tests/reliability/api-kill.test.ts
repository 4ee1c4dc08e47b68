import { setTimeout as delay } from 'node:timers/promises';
import { mintSecret, tokenText } from '@passerelle/sync';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/spawned.js';
import { amount, createDice, type Dice } from './support/amount.js';
import {
  askUntilAnswered,
  type KeyedAnswer,
  type KeyedClient,
  type KeyedRequest,
} from './support/keyed-clients.js';
import { createRig, QUEUE_KINDS, type Rig } from './support/rig.js';
import { untilTrue } from '../support/patience.js';

const CLIENTS = 20;
/** All keys on the first kind of queue; on the other as many as show that it does the same. */
const SIZES = [
  { keys: amount({ sample: 60, full: 2_000 }), kills: amount({ sample: 3, full: 20 }) },
  { keys: 400, kills: 8 },
];
const KINDS = QUEUE_KINDS.slice(0, amount({ sample: 1, full: 2 })).map((kind, place) => ({
  kind,
  ...(SIZES[place] ?? { keys: 60, kills: 3 }),
}));
/** The API twice as often: it is where keys could be lost. */
const STRUCK = ['api', 'worker', 'api', 'scheduler'] as const;
/** What the others need. */
const FIRST = ['update_caches', 'sync_sites', 'sync_groups', 'sync_students'] as const;
const SITES = ['sync_groups', 'sync_teachers', 'sync_students', 'sync_tutors'] as const;

describe.each(KINDS)('processes killed while clients ask, the queue on $kind', (size) => {
  const { kind, keys, kills } = size;
  let rig: Rig;
  afterEach(() => rig.dispose());

  test(
    `${keys} keys are ${keys} answers, each one run`,
    async () => {
      const dice = createDice(`api-kill ${kind}`);
      const port = await freePort();
      rig = await createRig(kind, {
        ...{ sites: 3, learners: amount({ sample: 60, full: 600 }) },
        settings: { PORT: String(port) },
      });
      const [api, worker, scheduler] = await Promise.all([
        ...[rig.start('api'), rig.start('worker'), rig.start('scheduler')],
      ]);
      const running = { api, worker, scheduler };
      for (const task of FIRST) await rig.run(task);
      const firstOwn = await lastRun(rig);

      const requests = await requestsOf(rig, dice, keys);
      const clients = await openClients(rig, `http://127.0.0.1:${port}`);
      const answers = new Map<string, KeyedAnswer>();
      const asking = askAll(clients, requests, answers);
      for (let kill = 0; kill < kills; kill += 1) {
        const role = STRUCK[kill % STRUCK.length] ?? 'api';
        const share = (keys * (kill + 0.5)) / kills;
        await untilTrue(() => answers.size >= share, { timeout: 300_000, interval: 5 });
        await delay(dice.next() * 100);
        const victim = running[role];
        if (victim !== undefined) await rig.kill(victim);
        if (role === 'api') await ageWhatItRead(rig, new Date());
        running[role] = await rig.start(role);
      }
      const lastKill = new Date();
      await asking;
      await ageWhatItRead(rig, lastKill);
      await untilAllEnded(rig);

      expect(await keysAndRuns(rig, firstOwn)).toEqual(expectedOf(answers));
      await expectReplays(clients, requests, answers);
      const kept = await rig.sql.query('SELECT 1 FROM idempotency_keys');
      expect(kept.rowCount).toBe(keys);
      const failures = [...answers.values()].flatMap((answer) => answer.failures);
      expect(failures.some((failure) => /^E[A-Z]+|hang up/.test(failure))).toBe(true);
      expect(await badEnds(rig, firstOwn)).toEqual([]);
    },
    amount({ sample: 600_000, full: 3_600_000 }),
  );
});

/** Most for one person, each another one as long as there are; the rest for a task at a site. */
async function requestsOf({ sql }: Rig, dice: Dice, keys: number): Promise<KeyedRequest[]> {
  const people = await sql.query<{ code: string }>(
    `SELECT code FROM users WHERE kind = 'student' ORDER BY id`,
  );
  const sites = await sql.query<{ code: string }>('SELECT code FROM sites ORDER BY id');
  return Array.from({ length: keys }, (_, place) => {
    const key = `key-${place}`;
    if (place % 5 === 4) {
      const site = dice.pick(sites.rows).code;
      return { key, path: `/api/v1/tasks/${dice.pick(SITES)}/runs`, body: { site } };
    }
    const { code = '' } = people.rows[place % people.rows.length] ?? {};
    return place % 2 === 0
      ? { key, path: '/api/v1/tasks/sync_students/runs', body: { user: `student:${code}` } }
      : { key, path: `/api/v1/users/student:${code}/sync`, body: {} };
  });
}

async function openClients({ db }: Rig, url: string): Promise<KeyedClient[]> {
  return Promise.all(
    Array.from({ length: CLIENTS }, async (_, place) => {
      const { secret, hash } = mintSecret();
      const right = { name: 'test', capabilities: ['auth/netypareo:sync' as const], siteCodes: [] };
      const author = { by: 'cli:test', reason: null, from: null };
      const { id } = await db.tokens.createToken(
        { ...right, expiresAt: null, hash },
        author,
        new Date(),
      );
      return { url, token: tokenText(id, secret), localAddress: `127.0.0.${place + 2}` };
    }),
  );
}

/** Each client goes through its share of the requests, one after the other. */
async function eachOfItsShare(
  clients: readonly KeyedClient[],
  requests: readonly KeyedRequest[],
  ask: (client: KeyedClient, asked: KeyedRequest, place: number) => Promise<void>,
): Promise<void> {
  await Promise.all(
    clients.map(async (client, own) => {
      for (let place = own; place < requests.length; place += clients.length) {
        const asked = requests[place];
        if (asked !== undefined) await ask(client, asked, place);
      }
    }),
  );
}

/** Every third thing is asked for once more. */
async function askAll(
  clients: readonly KeyedClient[],
  requests: readonly KeyedRequest[],
  answers: Map<string, KeyedAnswer>,
): Promise<void> {
  await eachOfItsShare(clients, requests, async (client, asked, place) => {
    const answer = await askUntilAnswered(client, asked);
    answers.set(asked.key, answer);
    if (place % 3 !== 0) return;
    const again = await askUntilAnswered(client, asked);
    expect(again).toMatchObject({ runId: answer.runId, replayed: true });
  });
}

async function expectReplays(
  clients: readonly KeyedClient[],
  requests: readonly KeyedRequest[],
  answers: ReadonlyMap<string, KeyedAnswer>,
): Promise<void> {
  await eachOfItsShare(clients, requests, async (client, asked) => {
    const again = await askUntilAnswered(client, asked);
    const runId = answers.get(asked.key)?.runId;
    expect(again).toMatchObject({ runId, replayed: true });
  });
}

/**
 * A run of one person ends with the process that carries it out. Housekeeping gives it
 * ten minutes; those that were under way in one that was killed are made so old.
 */
async function ageWhatItRead({ sql }: Rig, killedAt: Date): Promise<void> {
  await sql.query(
    `UPDATE sync_runs SET queued_at = queued_at - interval '11 minutes'
      WHERE user_id IS NOT NULL AND ended_at IS NULL AND queued_at < $1`,
    [killedAt],
  );
}

async function lastRun({ sql }: Rig): Promise<number> {
  const { rows } = await sql.query<{ id: number }>('SELECT max(id) AS id FROM sync_runs');
  return rows[0]?.id ?? 0;
}

async function untilAllEnded({ sql }: Rig): Promise<void> {
  await untilTrue(
    async () => {
      const { rowCount } = await sql.query('SELECT 1 FROM sync_runs WHERE ended_at IS NULL');
      return rowCount === 0;
    },
    { timeout: 120_000, interval: 50 },
  );
}

/** Which runs there are, and for which keys, as the database has it. */
async function keysAndRuns(
  { sql }: Rig,
  after: number,
): Promise<{ runs: number[]; keyed: number[] }> {
  const runs = await sql.query<{ id: number }>(
    'SELECT id FROM sync_runs WHERE id > $1 ORDER BY id',
    [after],
  );
  const keyed = await sql.query<{ id: number }>(
    'SELECT run_id AS id FROM idempotency_keys ORDER BY run_id',
  );
  return { runs: runs.rows.map(({ id }) => id), keyed: keyed.rows.map(({ id }) => id) };
}

/** The same as the clients know it: no run that nobody was told of. */
function expectedOf(answers: ReadonlyMap<string, KeyedAnswer>): {
  runs: number[];
  keyed: number[];
} {
  const keyed = [...answers.values()].map(({ runId }) => runId).sort((a, b) => a - b);
  return { runs: [...new Set(keyed)], keyed };
}

/** Runs that ended otherwise than well, but for people whose reader was killed. */
async function badEnds({ sql }: Rig, after: number): Promise<unknown[]> {
  const { rows } = await sql.query<Record<string, unknown>>(
    `SELECT id, task, user_id, state, error_kind, error FROM sync_runs
      WHERE id > $1 AND state <> 'succeeded'
        AND NOT (user_id IS NOT NULL AND error_kind = 'interrupted')`,
    [after],
  );
  return rows;
}
