import { randomUUID } from 'node:crypto';
import { createToken, type Run } from '@passerelle/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eventually } from '../../support/patience.js';

let api: TestApi;
/** Whose streams are silent for longer than a test lasts. */
let patient: TestApi;
let token: string;
beforeAll(async () => {
  const limits = { perAddress: 1e6, perCaller: 1e6, handlerMs: 10_000, pulseMs: 50 };
  api = await createTestApi({ deps: { limits } });
  token = await api.token(['auth/netypareo:viewruns']);
  patient = await createTestApi({ deps: { limits: { ...limits, pulseMs: 600_000 } } });
});
afterAll(async () => {
  await patient.dispose();
  await api.dispose();
});

const AUTHOR = { by: 'cli:test', reason: null, from: null };
const PAST = `'2026-01-01T00:00:00Z'`;

interface Frame {
  id?: string;
  event?: string;
  data?: Record<string, unknown>;
}

interface Stream {
  status: number;
  headers: Headers;
  /** What comes next, comments apart; null: the end. */
  next(): Promise<Frame | null>;
  /** Everything to the end. */
  rest(): Promise<Frame[]>;
  close(): void;
}

async function open(path: string, lastEventId?: string, by = token, at = api): Promise<Stream> {
  const leaving = new AbortController();
  const response = await fetch(new URL(path, at.url), {
    headers: {
      authorization: `Bearer ${by}`,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: leaving.signal,
  });
  const frames = framesOf(response);
  const next = async (): Promise<Frame | null> => {
    const { value, done } = await frames.next();
    return done === true ? null : value;
  };
  return {
    ...{ status: response.status, headers: response.headers, next },
    rest: async () => {
      const all: Frame[] = [];
      for (let frame = await next(); frame !== null; frame = await next()) all.push(frame);
      return all;
    },
    close: () => leaving.abort(),
  };
}

async function* framesOf({ body }: Response): AsyncGenerator<Frame, undefined> {
  if (body === null) return;
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const frame = parseFrame(text.slice(0, end));
      text = text.slice(end + 2);
      if (frame !== null) yield frame;
    }
  }
}

/** Null: a comment. */
function parseFrame(block: string): Frame | null {
  const fields = block
    .split('\n')
    .filter((line) => !line.startsWith(':'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
  if (fields.length === 0) return null;
  const { data, ...named } = Object.fromEntries(fields);
  return { ...named, ...(data === undefined ? {} : { data: JSON.parse(data) as object }) } as Frame;
}

const failure = { kind: 'overload', sentence: 'NetYParéo answered 502.' };

async function startRun(siteCode?: string, at = api): Promise<Run> {
  const { run } = await at.db.runs.requestRun(
    { task: 'sync_students', trigger: 'manual', ...(siteCode === undefined ? {} : { siteCode }) },
    api.clock.now,
  );
  const part = { reading: 'students', periodCode: null, groupCode: null, page: null } as const;
  const parts = ['1', '2'].map((site) => ({ ...part, siteCode: site }));
  await at.db.runs.startRun(run.id, parts, at.clock.now);
  return run;
}

async function readPart({ id }: Run, number: number): Promise<void> {
  await api.db.runs.beginPart(id, number, api.clock.now);
  const figures = { read: 7, staged: 7, rejected: 0, bytes: 900, total: null };
  await api.db.runs.completePart(id, number, 1, figures, [], api.clock.now);
}

const end = ({ id }: Run) => api.db.runs.endRun(id, 'failed', failure, api.clock.now);
const told = ({ event, data }: Frame) => [event, data?.['part'] ?? data?.['state']];

describe('a run that is followed', () => {
  it('tells everything from its beginning on, in words, and ends with it', async () => {
    const run = await startRun();
    const stream = await open(`/api/v1/runs/${run.id}/events`);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(await stream.next()).toMatchObject({ retry: '2000', id: '0' });
    expect([await stream.next(), await stream.next()].map((f) => told(f ?? {}))).toEqual([
      ...[
        ['run', 'queued'],
        ['run', 'running'],
      ],
    ]);
    await readPart(run, 1);
    const part = await stream.next();
    expect(part?.data).toMatchObject({
      ...{ run: run.id, part: 1, state: 'done', detail: { site: '1', read: 7 } },
      inWords: { fr: 'partie 1 (site 1) lue : 7 fiches' },
    });
    await end(run);
    const rest = await stream.rest();
    expect(rest.map(told)).toEqual([
      ['run', 'failed'],
      ['end', undefined],
    ]);

    const again = await open(`/api/v1/runs/${run.id}/events`, rest[0]?.id);
    expect(again.status).toBe(204);
  });

  it('goes on where a connection was cut, whatever happened meanwhile', async () => {
    const run = await startRun();
    const first = await open(`/api/v1/runs/${run.id}/events`);
    await first.next();
    const last = await first.next();
    first.close();
    await readPart(run, 1);
    await readPart(run, 2);
    await end(run);
    const second = await open(`/api/v1/runs/${run.id}/events`, last?.id);
    const missed = await second.rest();
    expect(missed.slice(1).map(told)).toEqual([
      ...[
        ['run', 'running'],
        ['part', 1],
        ['part', 2],
        ['run', 'failed'],
        ['end', undefined],
      ],
    ]);
    const { json } = await api.ask('GET', `/api/v1/runs/${run.id}/log`, { token });
    const { items } = json as { items: unknown[] };
    expect(items).toEqual([last?.data, ...missed.slice(1, -1).map(({ data }) => data)]);
  });
});

describe('whoever follows all runs', () => {
  it('is told what happens from then on, and after a cut what they missed', async () => {
    const before = await startRun();
    await end(before);
    const stream = await open('/api/v1/events');
    const hello = await stream.next();
    const run = await startRun();
    expect((await stream.next())?.data).toMatchObject({ run: run.id, state: 'queued' });
    stream.close();
    await end(run);
    const later = await open(`/api/v1/events?after=${hello?.id}`);
    await later.next();
    const frames = [await later.next(), await later.next(), await later.next()];
    expect(frames.map((frame) => told(frame ?? {}))).toEqual([
      ...[
        ['run', 'queued'],
        ['run', 'running'],
        ['run', 'failed'],
      ],
    ]);
    later.close();
  });

  it('sees only what their sites let them see', async () => {
    const limited = await api.token(['auth/netypareo:viewruns'], ['2']);
    const stream = await open('/api/v1/events', undefined, limited);
    await stream.next();
    const whole = await startRun();
    await end(whole);
    const own = await startRun('2');
    await end(own);
    expect((await stream.next())?.data).toMatchObject({ run: own.id, state: 'queued' });
    stream.close();
    const other = await open(`/api/v1/runs/${whole.id}/events`, undefined, limited);
    expect(other.status).toBe(404);
  });

  it('is told no more when their token is revoked', async () => {
    const revoked = await api.token(['auth/netypareo:viewruns']);
    const stream = await open('/api/v1/events', undefined, revoked);
    await stream.next();
    const id = Number(revoked.split('_')[1]);
    const author = { by: 'cli:test', reason: null, from: null };
    await api.db.tokens.revokeToken(id, author, api.clock.now);
    expect(await stream.rest()).toEqual([]);
  });

  it('finds a place only as long as they have not too many', async () => {
    const greedy = await api.token(['auth/netypareo:viewruns']);
    const streams = await Promise.all(
      Array.from({ length: 13 }, () => open('/api/v1/events', undefined, greedy)),
    );
    const refused = streams.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]?.headers.get('retry-after')).toBe('10');
    for (const stream of streams) stream.close();
    await expect
      .poll(async () => {
        const stream = await open('/api/v1/events', undefined, greedy);
        stream.close();
        return stream.status;
      })
      .toBe(200);
  });
});

describe('between two signs of life', () => {
  const [VIEW, GRANT] = ['auth/netypareo:viewruns', 'auth/netypareo:grant'] as const;

  /** A token that a person has made, who may do no more than look at runs and grant. */
  async function follower(): Promise<{ secret: string; id: number; makerId: number }> {
    const accesses = [VIEW, GRANT].map((capability) => ({ capability, siteCode: null }));
    const { userId, id: sessionId } = await patient.signIn(randomUUID(), accesses);
    const made = await createToken(
      { ...patient.db, now: () => patient.clock.now },
      { name: 'T', capabilities: [VIEW], siteCodes: [], expiresAt: null },
      { kind: 'user', userId, sessionId, accesses },
      AUTHOR,
    );
    if (made.outcome !== 'done') throw new Error(`It was ${made.outcome}.`);
    return { secret: made.secret, id: made.token.id, makerId: userId };
  }

  it.each<[string, (by: { id: number; makerId: number }) => string]>([
    ['token is revoked', ({ id }) => `UPDATE api_tokens SET revoked_at = now() WHERE id = ${id}`],
    [
      'token has run out',
      ({ id }) => `UPDATE api_tokens SET expires_at = ${PAST} WHERE id = ${id}`,
    ],
    [
      'maker has lost the right',
      ({ makerId }) => `DELETE FROM capability_grants WHERE user_id = ${makerId}`,
    ],
    [
      "maker's right has ended",
      ({ makerId }) =>
        `UPDATE capability_grants SET expires_at = ${PAST} WHERE user_id = ${makerId}`,
    ],
    [
      'maker was suspended',
      ({ makerId }) => `UPDATE users SET status = 'suspended' WHERE id = ${makerId}`,
    ],
  ])('nobody is told of one event more once their %s', async (_what, change) => {
    const by = await follower();
    const stream = await open('/api/v1/events', undefined, by.secret, patient);
    await stream.next();
    await patient.sql.query(change(by));
    const { id } = await startRun(undefined, patient);
    expect(await stream.next()).toBeNull();
    await patient.db.runs.endRun(id, 'failed', failure, patient.clock.now);
  });

  it('whoever asks for the headers alone takes no place', async () => {
    const asker = await patient.token([VIEW]);
    for (let at = 0; at < 13; at += 1) {
      const { status, headers } = await patient.ask('HEAD', '/api/v1/events', { token: asker });
      expect([status, headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    }
  });

  it('whoever leaves gives their place back', async () => {
    const coming = await patient.token([VIEW]);
    const openOne = () => open('/api/v1/events', undefined, coming, patient);
    for (const stream of await Promise.all(Array.from({ length: 12 }, openOne))) stream.close();
    await eventually(async () => {
      const stream = await openOne();
      stream.close();
      expect(stream.status).toBe(200);
    });
  });
});

it('ends its streams when it stops', async () => {
  const own = await createTestApi();
  const by = await own.token(['auth/netypareo:viewruns']);
  const response = await fetch(new URL('/api/v1/events', own.url), {
    headers: { authorization: `Bearer ${by}` },
  });
  const ended = response.text();
  await own.dispose();
  expect(await ended).toMatch(/^retry: 2000\n/);
});
