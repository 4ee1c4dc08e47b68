import { createDatabase, type Database } from '@passerelle/db';
import { WHOLE_LIST } from '@passerelle/roster';
import type { CallRecord, SourceEvent, SourceState } from '@passerelle/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { runShape } from './shapes.js';

const silent = { warn: () => undefined };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const UNTIL = new Date(Date.now() + 10 * MINUTE_MS);
const where = { operation: 'getApprenants', siteCode: '3' };

let room: CommandRoom;
let base: TestDatabase;
let db: Database;

beforeAll(async () => {
  base = await createTestDatabase();
  db = createDatabase(base.url, { poolSize: 4, log: silent });
  room = await createCommandRoom({ DATABASE_URL: base.url });
});
afterAll(async () => {
  await db.close();
  await base.drop();
  await room.remove();
});

/** What a command prints, with its times as `TIME`: they are the database's own. */
async function printed(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await room.runHere(...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return withoutTimes(stdout);
}

const withoutTimes = (text: string): string[] =>
  text
    .replaceAll(/(\d{4}-\d\d-\d\d )?\d\d:\d\d\b/g, 'TIME')
    .trimEnd()
    .split('\n');

const tell = (events: SourceEvent[], change: (state: SourceState) => SourceState = (s) => s) =>
  db.sourceState.settle({}, 0, (state) => ({ state: change(state), events, result: null }));

async function callTimes(times: number, call: Partial<CallRecord>): Promise<void> {
  const good = {
    ...where,
    purpose: 'reading',
    outcome: 'ok',
    ms: 400,
    bytes: 9,
    inFlight: 1,
  } as const;
  for (let calls = 0; calls < times; calls += 1) {
    const settlement = { call: { ...good, ...call } };
    await db.sourceState.settle(settlement, 0, (state) => ({ state, events: [], result: null }));
  }
}

describe('with no source configured and nothing written down', () => {
  it('source health says so', async () => {
    expect(await printed('source', 'health')).toEqual([
      'NetYParéo has not answered a call yet.',
      '',
      'Calls at once  1 of at most 4, one of them kept for logins',
      'Under way      none',
      'Waiting        none',
      'Repetitions    10 left before they follow one by one',
      '',
      'No calls within the last 24 hours.',
      '',
      'What happened:',
      'Nothing worth telling.',
    ]);
  });

  it('and as JSON', async () => {
    expect(
      healthShape.parse(await room.jsonHere('source', 'health', '--hours', '2')),
    ).toMatchObject({
      ...{ state: 'unknown', hours: 2, limit: 1, hardCap: 4, ceiling: null, lastSuccessAt: null },
      ...{ calls: [], events: [], advice: [], waiting: [], underWay: [], limitHistory: [] },
    });
  });

  it.each([
    ['--watch --json', "option '--json' cannot be used with option '--watch'"],
    ['--lang de', 'Expected one of: fr, en.'],
    ['--hours 0', 'Expected a whole number from 1'],
  ])('%s is wrong usage', async (options, sentence) => {
    const { code, stdout, stderr } = await room.runHere('source', 'health', ...options.split(' '));

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

describe('after an hour in which calls failed by their number', () => {
  let run: { id: number };

  beforeAll(async () => {
    await callTimes(9, {});
    await callTimes(1, { ms: 2_000 });
    await callTimes(3, { outcome: 'http_502', ms: 20 });
    await callTimes(1, { outcome: 'aborted' });
    await callTimes(2, { operation: 'validerLogin', siteCode: null, purpose: 'login', ms: 90 });
    const now = (await db.time()).getTime();
    const cut = { kind: 'limit_cut', overload: 'http_502', ...where } as const;
    await tell([{ kind: 'limit_raised', from: 1, to: 2 }]);
    await tell([{ kind: 'limit_raised', from: 2, to: 4 }]);
    await tell([{ ...cut, from: 4, to: 2 }]);
    await tell([{ kind: 'limit_raised', from: 2, to: 3 }]);
    const rest = {
      failures: 5,
      until: UNTIL.getTime(),
      asked: false,
      overload: 'http_502',
    } as const;
    await tell([{ kind: 'rest_begun', ...rest, ...where }], (state) => ({
      ...state,
      limit: { ...state.limit, current: 3, ceiling: 4 },
      breaker: {
        ...state.breaker,
        failures: 5,
        restingSince: now,
        probeAt: UNTIL.getTime(),
        pauses: 1,
      },
      lastSuccessAt: now - MINUTE_MS,
    }));
    await db.sourceState.take({
      ...{ operation: 'validerLogin', siteCode: null, purpose: 'login', hardCap: 4, reserved: 0 },
      ...{ withinLimit: false, evenAtRest: true, leaseMs: 60_000 },
    });
    run = await waitingRun();
  });

  /** A run of two parts of which one was cut in two, and one of those set aside. */
  async function waitingRun(): Promise<{ id: number }> {
    const now = new Date();
    const { run: made } = await db.runs.requestRun(
      { task: 'sync_students', trigger: 'manual' },
      now,
    );
    await db.runs.claimEnqueue(made.id, 0);
    const scope = {
      ...WHOLE_LIST,
      periodCode: '2026',
      siteCode: '3',
      reading: 'students',
    } as const;
    await db.runs.startRun(made.id, [{ ...scope }, { ...scope, siteCode: '4' }], now);
    const [whole] = await db.runs.listParts(made.id);
    const part = await db.runs.beginPart(made.id, whole?.number ?? -1, now);
    const failure = { kind: 'unreadable', sentence: 'The answer is no XML.' };
    const pages = [0, 1].map((offset) => ({
      ...scope,
      page: { offset, limit: 1, last: offset === 1 },
    }));
    const numbers = await db.runs.splitPart(
      ...([made.id, part?.number ?? -1, part?.attempt ?? -1, pages, 0, failure, now] as const),
    );
    const bad = await db.runs.beginPart(made.id, numbers?.[0] ?? -1, now);
    const rejection = {
      ordinal: 1,
      code: null,
      reason: 'unreadable',
      path: '',
      message: 'Correct it.',
    };
    await db.runs.setPartAside(made.id, bad?.number ?? -1, bad?.attempt ?? -1, rejection, [], now);
    await db.runs.markWaiting(made.id, { reason: 'source', until: UNTIL });
    return made;
  }

  it('source health tells it in the order in which one asks', async () => {
    expect(await printed('source', 'health')).toEqual([
      'NetYParéo is left alone since TIME, after 5 failures in a row; next attempt at TIME.',
      '',
      'Calls at once  3 of at most 4, one of them kept for logins, failed from 4 on',
      'Lately         ▃█▃▆ (TIME)',
      'Under way      validerLogin, since TIME',
      `Waiting        run ${run.id} of sync_students: waiting for NetYParéo, next attempt at TIME`,
      'Repetitions    10 left before they follow one by one',
      '',
      'Calls of the last 24 hours:',
      'Operation      For     Calls  Good  p50      p90      p99      Not good',
      'getApprenants  runs       14    10  0.4 s    0.6 s    1.9 s    3 × answer 502, 1 × broken off',
      'validerLogin   logins      2     2  0.090 s  0.090 s  0.090 s  -',
      '',
      'What happened:',
      'TIME · limit raised from 1 to 2',
      'TIME · limit raised from 2 to 4',
      'TIME · limit cut from 4 to 2: answer 502 to “getApprenants”, site 3',
      'TIME · limit raised from 2 to 3',
      'TIME · NetYParéo is left alone after 5 failures in a row, the last to “getApprenants”, site 3 (answer 502): next attempt at TIME',
      '',
      'What can be done:',
      '→ The server fails from 4 calls at once on, whatever the size of the answers: ask whoever hosts NetYParéo for more PHP processes (pm.max_children). Passerelle stays below.',
    ]);
  });

  it('and in French', async () => {
    const page = await printed('source', 'health', '--lang', 'fr');

    expect(page.slice(0, 7)).toEqual([
      'NetYParéo est laissé au repos depuis TIME, après 5 échecs de suite ; prochain essai à TIME.',
      '',
      'Appels à la fois    3 sur 4 au plus, dont un gardé pour les connexions, échecs à partir de 4',
      'Ces derniers temps  ▃█▃▆ (TIME)',
      'En cours            validerLogin, depuis TIME',
      `En attente          exécution ${run.id} de sync_students : en attente de NetYParéo, prochain essai à TIME`,
      'Nouveaux essais     encore 10 avant qu’ils ne passent un par un',
    ]);
    expect(page).toContain(
      'TIME · limite ramenée de 4 à 2 : réponse 502 sur « getApprenants », site 3',
    );
    expect(page.at(-1)).toContain('→ Le serveur échoue dès 4 appels à la fois');
  });

  it('as JSON everything is there, in both languages', async () => {
    const health = healthShape.parse(await room.jsonHere('source', 'health'));

    expect(health).toMatchObject({
      ...{ state: 'rests', limit: 3, hardCap: 4, ceiling: 4, failuresInARow: 5, retriesLeft: 10 },
      nextProbeAt: UNTIL.toISOString(),
      underWay: [{ purpose: 'login', operation: 'validerLogin', site: null }],
      waiting: [
        { run: run.id, task: 'sync_students', reason: 'source', until: UNTIL.toISOString() },
      ],
    });
    expect(health.limitHistory.map(({ limit }) => limit)).toEqual([2, 4, 2, 3]);
    expect(health.calls[0]).toMatchObject({ outcomes: { ok: 10, http_502: 3, aborted: 1 } });
    expect(health.events.map(({ kind }) => kind)).toEqual([
      ...['rest_begun', 'limit_raised', 'limit_cut', 'limit_raised', 'limit_raised'],
    ]);
    expect(health.events[0]).toMatchObject({ until: UNTIL.toISOString(), failures: 5 });
    expect(health.events[2]).toMatchObject({
      ...{ from: 4, to: 2, siteCode: '3' },
      fr: 'limite ramenée de 4 à 2 : réponse 502 sur « getApprenants », site 3',
      en: 'limit cut from 4 to 2: answer 502 to “getApprenants”, site 3',
    });
    expect(health.advice.map(({ code }) => code)).toEqual(['more_children']);
  });

  it('a run that waits says so in its list and on its page', async () => {
    const list = await printed('runs', 'list');
    const page = await printed('runs', 'show', String(run.id));

    expect(list.at(-1)).toBe(`Run ${run.id}: waiting for NetYParéo, next attempt at TIME.`);
    expect(page.join('\n')).toMatch(/^State +waiting for NetYParéo, next attempt at TIME$/m);
    runShape.parse(
      z.looseObject({ items: z.array(z.unknown()) }).parse(await room.jsonHere('runs', 'list'))
        .items[0],
    );
    expect(await room.jsonHere('runs', 'show', String(run.id))).toMatchObject({
      ...{ state: 'waiting', wait: { reason: 'source', until: UNTIL.toISOString() }, error: null },
    });
  });

  it('parts that were asked for in pieces or set aside are no failures', async () => {
    const page = (await printed('runs', 'show', String(run.id))).join('\n');

    expect(page).toMatch(/^ +1 +students +2026 +3 +- +- +split .* as parts 3 to 4$/m);
    expect(page).toMatch(/^ +3 +students +2026 +3 +- +1-1 +set aside /m);
    expect(page).toContain('4 parts, 1 asked for in pieces, 1 set aside, 1 rejected record.');
    expect(page).not.toContain('The answer is no XML.');
  });

  it('doctor tells when the next attempt is, what waits and what can be done', async () => {
    const report = withoutTimes((await room.runHere('doctor')).stdout);
    const told = report.map((line) => line.trim()).join('\n');

    expect(told).toContain(
      'NetYParéo is left alone since TIME, after 5 failures in a row; the next attempt is due at TIME.',
    );
    expect(told).toContain(
      `sync_students: run ${run.id}: waiting for NetYParéo, next attempt at TIME.`,
    );
    expect(told).toContain('ask whoever hosts NetYParéo for more PHP processes');
  });

  it('a French terminal is told in French; --watch tells what changes until Ctrl-C', async () => {
    room.set({ LC_ALL: 'fr_FR.UTF-8' });
    try {
      const watching = await room.start(['source', 'health', '--watch'], 'laissé au repos');
      const change = untilSaid(watching.child.stdout, 'limite relevée de 3 à 4');
      await tell([{ kind: 'limit_raised', from: 3, to: 4 }]);
      await change;
      watching.child.kill('SIGINT');
      const { code, stdout } = await watching.ended;
      expect(code).toBe(0);
      expect(stdout.match(/est laissé au repos depuis/g)).toHaveLength(2);
    } finally {
      room.set({ LC_ALL: undefined });
    }
  });

  it('the calendar is told with its setting', async () => {
    const dayOf = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
    room.set({ PASSERELLE_BLACKOUT: `${dayOf(-1)}/${dayOf(1)}` });
    await db.runs.markWaiting(run.id, { reason: 'calendar', until: UNTIL });
    try {
      const [, paused] = await printed('source', 'health');
      expect(paused).toMatch(/^Reading is not wanted until TIME \(PASSERELLE_BLACKOUT\)/);
      expect((await printed('runs', 'list')).at(-1)).toBe(
        `Run ${run.id}: waiting until TIME: reading is not wanted now (PASSERELLE_BLACKOUT).`,
      );
    } finally {
      room.set({ PASSERELLE_BLACKOUT: undefined });
    }
  });
});

/** Resolves when the stream has said it. */
async function untilSaid(stream: NodeJS.ReadableStream | null, text: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve) => {
    stream?.on('data', (piece: string) => {
      said += piece;
      if (said.includes(text)) resolve();
    });
  });
}

// Written down apart from the product's own schema.
const instant = z.iso.datetime();
const healthShape = z.strictObject({
  state: z.string(),
  at: instant,
  hours: z.int(),
  limit: z.int().positive(),
  hardCap: z.int().positive(),
  ceiling: z.int().nullable(),
  limitHistory: z.array(z.strictObject({ at: instant, limit: z.int() })),
  underWay: z.array(
    z.strictObject({
      ...{ purpose: z.string(), operation: z.string(), site: z.string().nullable() },
      ...{ since: instant, until: instant },
    }),
  ),
  restsSince: instant.nullable(),
  nextProbeAt: instant.nullable(),
  failuresInARow: z.int(),
  lastSuccessAt: instant.nullable(),
  retriesLeft: z.int(),
  pausedUntil: instant.nullable(),
  calls: z.array(z.looseObject({ operation: z.string(), outcomes: z.record(z.string(), z.int()) })),
  waiting: z.array(
    z.strictObject({
      ...{ run: z.int(), task: z.string() },
      ...{ reason: z.string().nullable(), until: instant.nullable() },
    }),
  ),
  events: z.array(z.looseObject({ at: instant, kind: z.string(), fr: z.string(), en: z.string() })),
  advice: z.array(z.strictObject({ code: z.string(), fr: z.string(), en: z.string() })),
});
