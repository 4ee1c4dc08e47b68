import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createCentre } from '../centre.js';
import { oracle } from '../load/oracle.js';
import { parseCapacityPlan } from '../load/plan.js';
import { parseWindows } from '../load/windows.js';
import { describeCentre } from '../truth/describe.js';
import type { SimulatorOptions } from './options.js';
import { type Simulator, type SimulatorReport, startSimulator } from './simulator.js';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const centre = { today: '2026-11-22', learners: 60 };
  const simulator = await startSimulator({ centre, ...options });
  running.push(simulator);
  return simulator;
}

const envelope = (operation: string, parameters: Record<string, string>): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><n:${operation} xmlns:n="urn:netypareo">` +
  Object.entries(parameters)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('') +
  `</n:${operation}></s:Body></s:Envelope>`;

async function call(
  { url }: Simulator,
  operation: string,
  parameters: Record<string, string> = {},
): Promise<{ status: number; text: string; bytes: Buffer; headers: Headers }> {
  const body = envelope(operation, parameters);
  const response = await fetch(`${url}/ws`, { method: 'POST', body });
  const bytes = Buffer.from(await response.arrayBuffer());
  const { status, headers } = response;
  return { status, text: bytes.toString('utf8'), bytes, headers };
}

const statusOf = async (reply: ReturnType<typeof call>): Promise<number> => (await reply).status;
const learners = (simulator: Simulator, more: Record<string, string> = {}) =>
  call(simulator, 'getApprenants', { codesPeriode: '2026', ...more });
const control = async ({ url }: Simulator, body: object): Promise<[number, string]> => {
  const response = await fetch(`${url}/control`, { method: 'POST', body: JSON.stringify(body) });
  return [response.status, await response.text()];
};

describe('the server under load', () => {
  it('lets calls wait in its backlog, and takes them up when there is a child', async () => {
    const simulator = await start({ capacity: 1, backlog: 1, latencyMs: 60_000 });
    const server = () => simulator.stats().server;
    const first = statusOf(call(simulator, 'getSites'));
    await expect.poll(server).toMatchObject({ busy: 1, waiting: 0 });
    const second = statusOf(call(simulator, 'getSites'));
    await expect.poll(server).toMatchObject({ busy: 1, waiting: 1 });
    expect(await statusOf(call(simulator, 'getSites'))).toBe(502);
    simulator.control({ capacity: 2 });
    expect(server()).toEqual({ children: 2, busy: 2, waiting: 0, respawning: 0 });
    simulator.control({ outage: parseWindows('0-1h') });
    expect([await first, await second]).toEqual([502, 502]);
    expect(simulator.stats().byOutcome).toEqual({ capacity502: 1, outage502: 2 });
  });

  it('never turns away who keeps to its capacity, and is no faster than the oracle', async () => {
    const load = { capacity: parseCapacityPlan('3'), latencyMs: 8, jitter: 0.3 };
    const simulator = await start(load);
    const startedMs = performance.now();
    let left = 60;
    const askOn = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await learners(simulator, { nombre: '20' });
      }
    };
    await Promise.all([askOn(), askOn(), askOn()]);
    const tookMs = performance.now() - startedMs;
    expect(simulator.stats().byOutcome).toEqual({ ok: 60 });
    expect(tookMs).toBeGreaterThanOrEqual(oracle({ ...load, seed: 1 }, 60));
    expect(simulator.stats().maxInFlight).toBeLessThanOrEqual(3);
  });

  it('gives a call up after its time limit, and frees the child', async () => {
    const simulator = await start({
      capacity: 1,
      latencyMs: 60_000,
      timeLimitMs: 50,
      respawnMs: 0,
    });
    const reply = await call(simulator, 'getSites');
    expect([reply.status, reply.text]).toEqual([504, expect.stringContaining('Gateway Time-out')]);
    simulator.control({ latencyMs: 0 });
    expect(await statusOf(call(simulator, 'getSites'))).toBe(200);
    expect(simulator.stats().byOutcome).toEqual({ timeout504: 1, ok: 1 });
  });

  it('loses a child when two large answers meet, by a 502 or in mid-body', async () => {
    const simulator = await start({ latencyMs: 400, segfaultAboveBytes: 50_000 });
    expect(await statusOf(learners(simulator))).toBe(200);
    expect(await statusOf(call(simulator, 'getSites'))).toBe(200);
    const met = await Promise.allSettled([1, 2, 3, 4].map(() => learners(simulator)));
    expect(met.some(({ status }) => status === 'fulfilled')).toBe(true);
    const { ok, segfault502 = 0, segfaultReset = 0 } = simulator.stats().byOutcome;
    expect([ok, segfault502 + segfaultReset]).toEqual([3, 3]);
  });

  it('never gets an answer out that is too large, but its pages', async () => {
    const simulator = await start({ maxAnswerBytes: 100_000 });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => learners(simulator)));
    for (const outcome of outcomes) {
      expect(outcome.status === 'fulfilled' ? outcome.value.status : 502).toBe(502);
    }
    const { tooBig502 = 0, tooBigReset = 0 } = simulator.stats().byOutcome;
    expect(tooBig502 + tooBigReset).toBe(3);
    expect(await statusOf(learners(simulator, { debut: '0', nombre: '20' }))).toBe(200);
  });

  it('takes longer for more bytes', async () => {
    const simulator = await start({ bytesPerSecond: 500_000 });
    const { bytes } = await learners(simulator);
    await call(simulator, 'getSites');
    const { byOperation } = simulator.stats();
    expect(byOperation['getApprenants']?.latency.max).toBeGreaterThan(bytes.length / 500 - 5);
    expect(byOperation['getSites']?.latency.max).toBeLessThan(bytes.length / 500);
  });

  it('shows its maintenance page, for the WSDL too', async () => {
    const simulator = await start({ maintenance: parseWindows('0-1h') });
    const reply = await call(simulator, 'getSites');
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '3600']);
    expect((await fetch(simulator.wsdlUrl)).status).toBe(503);
    simulator.control({ maintenance: [] });
    expect((await fetch(simulator.wsdlUrl)).status).toBe(200);
    expect(simulator.stats()).toMatchObject({ calls: 1, wsdlDownloads: 2 });
  });

  it('is out, by a page or a reset, what was under way included', async () => {
    const simulator = await start({ latencyMs: 60_000, outage: parseWindows('50ms-1h') });
    expect(await statusOf(call(simulator, 'getSites'))).toBe(502);
    expect(await statusOf(call(simulator, 'getSites'))).toBe(502);
    simulator.control({ outageKind: 'reset' });
    await expect(call(simulator, 'getSites')).rejects.toThrow('fetch failed');
    await expect(fetch(simulator.wsdlUrl)).rejects.toThrow('fetch failed');
    expect(simulator.stats().byOutcome).toEqual({ outage502: 2, outageReset: 1 });
  });

  it('changes its capacity by a plan', async () => {
    const simulator = await start({ capacity: parseCapacityPlan('2@0,0@50ms,1@1h') });
    expect(simulator.stats().server.children).toBe(2);
    await call(simulator, 'getSites');
    await expect.poll(() => simulator.stats().server.children).toBe(0);
    expect(await statusOf(call(simulator, 'getSites'))).toBe(502);
  });
});

describe('GET /stats', () => {
  it('tells what was in flight, by operation and over time', async () => {
    const simulator = await start({ capacity: 3, latencyMs: 300 });
    await Promise.all([
      ...[1, 2].map(() => call(simulator, 'getSites')),
      call(simulator, 'validerLogin', { login: 'x', motDePasse: 'y' }),
    ]);
    const stats = (await (await fetch(`${simulator.url}/stats`)).json()) as SimulatorReport;
    expect(stats).toMatchObject({ calls: 3, inFlight: 0, maxInFlight: 3, maxInFlightBulk: 2 });
    expect(stats.byOperation).toMatchObject({
      getSites: { calls: 2, byOutcome: { ok: 2 } },
      validerLogin: { calls: 1, byOutcome: { ok: 1 } },
    });
    expect(stats.latency.count).toBe(3);
    expect(stats.latency.p50).toBeGreaterThan(290);
    expect(Math.max(...stats.timeline.maxima)).toBe(3);
    simulator.control({ reset: true });
    expect(simulator.stats()).toMatchObject({ calls: 0, byOperation: {}, maxInFlight: 0 });
  });

  it('counts a call whose client has gone until its child is done', async () => {
    const simulator = await start({ capacity: 1, latencyMs: 60_000, timeLimitMs: 1_500 });
    const request = httpRequest(`${simulator.url}/ws`, { method: 'POST' });
    const failed = once(request, 'error');
    request.end(envelope('getSites', {}));
    await expect.poll(() => simulator.stats().server.busy).toBe(1);
    request.destroy(new Error('gone'));
    await failed;
    expect(simulator.stats()).toMatchObject({ inFlight: 1, server: { busy: 1 } });
    await expect.poll(() => simulator.stats().inFlight, { timeout: 10_000 }).toBe(0);
    expect(simulator.stats().byOutcome).toEqual({ aborted: 1 });
  });
});

describe('pages', () => {
  const codes = (text: string, field: string): number[] =>
    [...text.matchAll(new RegExp(`<${field}>(\\d+)</${field}>`, 'g'))].map(([, code]) =>
      Number(code),
    );

  it.each([
    ['getApprenants', 'codeApprenant'],
    ['getFormateurs', 'codePersonnel'],
    ['getTuteurs', 'codeInterlocuteur'],
    ['getGroupes', 'codeGroupe'],
    ['getGroupesFc', 'codeGroupe'],
  ])(
    '%s: together they are the whole list, in the order of the codes',
    async (operation, field) => {
      const simulator = await start({ centre: { today: '2026-11-22', learners: 300 } });
      // Groups within teachers have codes of their own, and tutors' contracts learners'.
      const record = {
        getFormateurs: /<groupes>.*?<\/groupes>/gs,
        getTuteurs: /<contrats>.*?<\/contrats>/gs,
      };
      const ask = async (more: Record<string, string>): Promise<number[]> => {
        const { text } = await call(simulator, operation, more);
        const inner = record[operation as keyof typeof record];
        const outer = operation === 'getApprenants' ? text : text.replaceAll(inner ?? /(?!)/g, '');
        return codes(outer, field);
      };
      const whole = await ask({});
      expect(whole.length).toBeGreaterThan(4);
      expect(whole).toEqual(whole.toSorted((a, b) => a - b));
      const size = Math.ceil(whole.length / 3);
      const pages = await Promise.all(
        [0, 1, 2, 3].map((page) => ask({ debut: String(page * size), nombre: String(size) })),
      );
      expect(pages.flat()).toEqual(whole);
      expect(await ask({ debut: '', nombre: '' })).toEqual(whole);
    },
  );

  it('go with the other filters, and stand in the WSDL', async () => {
    for (const style of ['literal', 'encoded'] as const) {
      const simulator = await start({ style });
      const one = await learners(simulator, { debut: '3', nombre: '1', codesSite: '1' });
      expect(one.text.match(/<apprenant>|arrayType="ns2:Map\[1\]" xsi/g)?.length).toBe(1);
      const wsdl = await (await fetch(simulator.wsdlUrl)).text();
      expect(wsdl.match(/name="debut" type="xsd:string"/g)).toHaveLength(5);
      const wrong = await learners(simulator, { nombre: 'some' });
      expect([wrong.status, wrong.text]).toEqual([
        500,
        expect.stringContaining('Paramètre nombre'),
      ]);
    }
  });
});

describe('a bad byte', () => {
  const CODE = 1_010;

  it.each(['literal', 'encoded'] as const)('control: sent raw, in %s', async (style) => {
    const badByte = { code: CODE, mode: 'control' as const };
    const simulator = await start({
      style,
      centre: { today: '2026-11-22', learners: 60, badByte },
    });
    const { status, bytes } = await learners(simulator);
    expect([status, bytes.filter((byte) => byte === 1).length]).toEqual([200, 1]);
    expect((await learners(simulator, { debut: '10' })).bytes.includes(1)).toBe(false);
    expect((await learners(simulator, { debut: '9', nombre: '1' })).bytes.includes(1)).toBe(true);
  });

  it('utf8: PHP gives the whole answer up, and only those with the learner', async () => {
    const simulator = await start();
    expect(await control(simulator, { badByte: `${CODE}:utf8` })).toEqual([200, '{"done":true}\n']);
    const { status, text } = await learners(simulator);
    expect(status).toBe(500);
    expect(text).toMatch(
      /<faultcode>SOAP-ENV:Server<.*Encoding: string '.*\\xe9\.\.\.' is not a valid utf-8 string/,
    );
    expect(await statusOf(learners(simulator, { debut: '10' }))).toBe(200);
    expect(await statusOf(learners(simulator, { nombre: '9' }))).toBe(200);
    expect(simulator.stats().byOutcome).toEqual({ encodingFault: 1, ok: 2 });
    await control(simulator, { badByte: null });
    expect(await statusOf(learners(simulator))).toBe(200);
  });

  it('leaves the learner out of the truth', () => {
    const badByte = { code: CODE, mode: 'utf8' as const };
    const shape = { today: '2026-11-22', learners: 60 };
    const whole = describeCentre(createCentre(shape));
    const truth = describeCentre(createCentre({ ...shape, badByte }));
    expect([whole.unreadable, truth.unreadable]).toEqual([[], [`student:${CODE}`]]);
    expect(truth.registry.users.student).toBe(whole.registry.users.student - 1);
    expect([truth.rejected, truth.left]).toEqual([whole.rejected, whole.left]);
  });
});

describe('POST /control', () => {
  it('changes how load is borne', async () => {
    const simulator = await start();
    const [status] = await control(simulator, {
      ...{ capacity: '2@0,1@1h', backlog: 1, latencyMs: 5, jitter: 0.1, slowdown: 0.1 },
      ...{ bytesPerSecond: 1_000_000, segfaultAboveBytes: null, maxAnswerBytes: 10 },
      ...{ respawnMs: 1, timeLimitMs: 500, maintenance: '1h-2h', outage: null },
      ...{ outageKind: 'reset', startClocks: true },
    });
    expect(status).toBe(200);
    expect(simulator.stats().server.children).toBe(2);
    await Promise.allSettled([call(simulator, 'getSites')]);
    expect(Object.keys(simulator.stats().byOutcome)[0]).toMatch(/^tooBig/);
    await control(simulator, { capacity: null });
    expect(simulator.stats().server.children).toBeNull();
  });

  it.each([
    [{ capacity: '4@1s' }, '4@1s: expected a number such as 4'],
    [{ capacity: 1.5 }, 'Cannot use this as capacity: expected a number, a plan'],
    [{ outage: '10' }, '10: expected a time from'],
    [{ maxAnswerBytes: 0 }, 'Cannot use this as maxAnswerBytes: expected a number or null'],
    [{ badByte: 'x' }, "x: expected a learner's code"],
    [{ outageKind: '500' }, 'expected 502 or reset'],
    [{ capacities: 4 }, 'There is no \\"capacities\\". Expected JSON with any of faults'],
  ])('refuses %j', async (wrong, sentence) => {
    const [status, text] = await control(await start(), wrong);
    expect([status, text]).toEqual([400, expect.stringContaining(sentence)]);
  });
});
