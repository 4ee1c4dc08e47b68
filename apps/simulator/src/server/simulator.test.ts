import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { SaxesParser } from 'saxes';
import { afterEach, describe, expect, it } from 'vitest';
import { passwordOf } from '../passwords.js';
import { parseFault } from './faults.js';
import type { SimulatorOptions } from './options.js';
import { type Simulator, startSimulator } from './simulator.js';
import type { SimulatorStats } from './stats.js';

const running: Simulator[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((simulator) => simulator.close()));
});

async function start(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const simulator = await startSimulator({
    centre: { today: '2026-11-22', learners: 60 },
    ...options,
  });
  running.push(simulator);
  return simulator;
}

const envelope = (operation: string, parameters: Record<string, string>, header = ''): string =>
  `<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>${header}</s:Header><s:Body>` +
  `<n:${operation} xmlns:n="urn:netypareo">${Object.entries(parameters)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</n:${operation}></s:Body></s:Envelope>`;

interface Reply {
  status: number;
  type: string;
  body: Buffer;
  text: string;
}

async function call(
  { url }: Simulator,
  operation: string,
  parameters: Record<string, string> = {},
  { header = '', headers = {} }: { header?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  const response = await fetch(`${url}/ws`, {
    method: 'POST',
    headers,
    body: envelope(operation, parameters, header),
  });
  const body = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, body, text: body.toString('utf8') };
}

/** Well-formed to its end? */
function isWhole(text: string): boolean {
  try {
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.write(text).close();
    return true;
  } catch {
    return false;
  }
}

async function post(url: string, body: object): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}

describe('startSimulator', () => {
  it('serves its WSDL with its own address, and answers', async () => {
    const simulator = await start();
    const wsdl = await (await fetch(simulator.wsdlUrl)).text();
    expect(wsdl).toContain(`location="${simulator.url}/ws"`);
    const reply = await call(simulator, 'getApprenants', { codesPeriode: '2026' });
    expect([reply.status, reply.type]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(isWhole(reply.text)).toBe(true);
    expect(reply.text.match(/<apprenant>/g)).toHaveLength(60);
    expect((await call(simulator, 'getApprenants', { codesPeriode: '2026' })).text).toBe(
      reply.text,
    );
  });

  it('answers an unknown operation, and what is no envelope, with a Fault', async () => {
    const simulator = await start();
    const reply = await call(simulator, 'getNothing');
    expect(reply.status).toBe(500);
    expect(reply.text).toContain("Procedure 'getNothing' not present");
    const response = await fetch(`${simulator.url}/ws`, { method: 'POST', body: 'hello' });
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.stringContaining('<faultstring>Bad Request</faultstring>'),
    ]);
    expect((await fetch(`${simulator.url}/elsewhere`)).status).toBe(404);
  });

  it('checks logins whatever their case', async () => {
    const simulator = await start();
    const centre = simulator.centre();
    const learner = [...centre.learners].find(({ login }) => login !== null);
    const login = learner?.login ?? '';
    const right = { login: ` ${login.toUpperCase()}`, motDePasse: passwordOf(centre, login) };
    const yes = await call(simulator, 'validerLogin', right);
    expect(yes.text).toContain(`<valide>1</valide><codeUtilisateur>${learner?.code}<`);
    for (const wrong of [
      { ...right, motDePasse: 'x' },
      { login: 'nobody', motDePasse: passwordOf(centre, 'nobody') },
    ]) {
      expect((await call(simulator, 'validerLogin', wrong)).text).toContain('<valide>0</valide>');
    }
  });
});

describe('faults', () => {
  const ask = async (fault: string, options: Partial<SimulatorOptions> = {}): Promise<Reply> => {
    const simulator = await start({ faults: [parseFault(fault)], ...options });
    const reply = await call(simulator, 'getApprenants', { codesPeriode: '2026' });
    expect(simulator.stats().byOutcome).toEqual({ [fault.split(':')[0] ?? '']: 1 });
    return reply;
  };

  it.each([
    ['http502:1', 502, 'text/html', '502 Bad Gateway'],
    ['http503:1', 503, 'text/html', '503 Service Temporarily Unavailable'],
    ['html200:1', 200, 'text/html; charset=UTF-8', 'Fatal error'],
    ['fault:1', 500, 'text/xml; charset=utf-8', '<faultcode>SOAP-ENV:Server</faultcode>'],
  ])('%s', async (fault, status, type, content) => {
    const reply = await ask(fault);
    expect([reply.status, reply.type]).toEqual([status, type]);
    expect(reply.text).toContain(content);
  });

  it('empty200: nothing at all, as if it were well', async () => {
    const reply = await ask('empty200:1');
    expect([reply.status, reply.type, reply.body.length]).toEqual([
      200,
      'text/xml; charset=utf-8',
      0,
    ]);
  });

  it.each([1, 2, 3, 4, 5])('truncate: never the closing Envelope (seed %i)', async (faultSeed) => {
    const reply = await ask('truncate:1', { faultSeed });
    expect(reply.status).toBe(200);
    expect(reply.text).not.toContain('</SOAP-ENV:Envelope>');
  });

  it.each([1, 2, 3, 4])('malformed: to its end, but no XML (seed %i)', async (faultSeed) => {
    const reply = await ask('malformed:1', { faultSeed });
    expect(reply.text.trim().endsWith('</SOAP-ENV:Envelope>')).toBe(true);
    expect(isWhole(reply.text)).toBe(false);
  });

  it('badutf8: well-formed but for a byte that is not UTF-8', async () => {
    const reply = await ask('badutf8:1');
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(reply.body)).toThrow('not valid');
    expect(isWhole(reply.text)).toBe(true);
  });

  it('wrongcount: one more declared than there are, and only where a length is declared', async () => {
    const reply = await ask('wrongcount:1', { style: 'encoded' });
    expect(reply.text).toContain('arrayType="ns2:Map[61]"');
    expect(isWhole(reply.text)).toBe(true);
    await expect(start({ faults: [parseFault('wrongcount:1')] })).rejects.toThrow(
      '--style encoded',
    );
  });

  it('reset: the connection breaks after the head of the answer', async () => {
    await expect(ask('reset:1')).rejects.toThrow(/terminated|failed/);
    const [simulator] = running;
    expect(simulator?.stats().byOutcome).toEqual({ reset: 1 });
  });

  it('slow: everything arrives, in time', async () => {
    const started = performance.now();
    const reply = await ask('slow:1', { slowMs: 200 });
    expect(isWhole(reply.text)).toBe(true);
    expect(performance.now() - started).toBeGreaterThan(150);
  });

  it('strike the same calls for the same seed, in about their share', async () => {
    const outcomes = async (faultSeed: number): Promise<number[]> => {
      const simulator = await start({ faults: [parseFault('http502:0.3')], faultSeed });
      const statuses: number[] = [];
      for (let calls = 0; calls < 60; calls += 1) {
        statuses.push((await call(simulator, 'getPeriodes')).status);
      }
      return statuses;
    };
    const first = await outcomes(7);
    expect(await outcomes(7)).toEqual(first);
    expect(await outcomes(8)).not.toEqual(first);
    const share = first.filter((status) => status === 502).length / 60;
    expect(share).toBeGreaterThan(0.15);
    expect(share).toBeLessThan(0.45);
  });

  it('bigAnswer: fails while others are under way, not alone', async () => {
    const simulator = await start({ faults: [parseFault('bigAnswer:50000')], latencyMs: 80 });
    const big = () => call(simulator, 'getApprenants', { codesPeriode: '2026' });
    const small = () => call(simulator, 'getPeriodes');
    expect((await big()).status).toBe(200);
    const statuses = (await Promise.all([big(), small(), big()])).map(({ status }) => status);
    expect(statuses[1]).toBe(200);
    expect([statuses[0], statuses[2]]).toContain(502);
  });
});

describe('load', () => {
  it('refuses what goes beyond its capacity and tells the most it saw at once', async () => {
    const simulator = await start({ capacity: 2, latencyMs: 400 });
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => call(simulator, 'getPeriodes')),
    );
    const statuses = replies.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([200, 200, 502, 502, 502]);
    const stats = (await (await fetch(`${simulator.url}/stats`)).json()) as SimulatorStats;
    expect(stats).toMatchObject({ calls: 5, byOutcome: { ok: 2, capacity502: 3 }, inFlight: 0 });
    expect(stats.maxInFlight).toBeGreaterThanOrEqual(3);
  });

  it('works on for a client that has gone', async () => {
    const simulator = await start({ capacity: 1, latencyMs: 400 });
    const request = httpRequest(`${simulator.url}/ws`, { method: 'POST' });
    const failed = once(request, 'error');
    request.end(envelope('getPeriodes', {}));
    await expect.poll(() => simulator.stats().inFlight).toBe(1);
    request.destroy(new Error('gone'));
    await failed;
    expect((await call(simulator, 'getPeriodes')).status).toBe(502);
    await expect.poll(() => simulator.stats().byOutcome['aborted']).toBe(1);
    expect((await call(simulator, 'getPeriodes')).status).toBe(200);
    await expect.poll(() => simulator.stats().inFlight).toBe(0);
  });
});

describe('POST /control', () => {
  it('changes faults, capacity and the day while it runs, and forgets statistics', async () => {
    const simulator = await start();
    const control = `${simulator.url}/control`;
    const teachers = () => call(simulator, 'getFormateurs').then(({ text }) => text);
    const before = await teachers();
    expect((await post(control, { faults: ['http503:1'], day: 30, reset: true })).status).toBe(200);
    expect((await call(simulator, 'getPeriodes')).status).toBe(503);
    await post(control, { faults: [] });
    expect(await teachers()).not.toBe(before);
    expect(simulator.stats().calls).toBe(2);
    await post(control, { day: 0 });
    expect(await teachers()).toBe(before);
  });

  it.each([{ fault: [] }, { faults: ['often'] }, { capacity: -1 }, { today: 'x' }])(
    'refuses %j and says what it expects',
    async (wrong) => {
      const simulator = await start();
      const { status, text } = await post(`${simulator.url}/control`, wrong);
      expect(status).toBe(400);
      expect(text.toLowerCase()).toContain('expected');
    },
  );
});

describe('sign-in', () => {
  const username = 'ws-user';
  const password = 'secret & more';

  it('basic', async () => {
    const simulator = await start({ auth: { method: 'basic', username, password } });
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    expect((await call(simulator, 'getPeriodes')).status).toBe(401);
    const reply = await call(simulator, 'getPeriodes', {}, { headers: { authorization } });
    expect(reply.status).toBe(200);
  });

  it('parameter and header', async () => {
    const parameter = await start({ auth: { method: 'parameter', name: 'cle', token: 'abc' } });
    expect((await call(parameter, 'getPeriodes')).text).toContain('Accès refusé');
    expect((await call(parameter, 'getPeriodes', { cle: 'abc' })).status).toBe(200);
    const header = await start({ auth: { method: 'header', token: 'abc' } });
    expect((await call(header, 'getPeriodes')).status).toBe(500);
    const headers = { 'x-auth-token': 'abc' };
    expect((await call(header, 'getPeriodes', {}, { headers })).status).toBe(200);
  });

  it('WS-Security, in plain text and as a digest', async () => {
    const simulator = await start({ auth: { method: 'wsse', username, password: 'p4ss' } });
    const token = (type: string, value: string): string =>
      `<w:Security xmlns:w="w"><w:UsernameToken><w:Username>${username}</w:Username>` +
      `<w:Password Type="x#Password${type}">${value}</w:Password>` +
      '<w:Nonce>bm9uY2U=</w:Nonce><w:Created>2026-11-22T10:00:00Z</w:Created></w:UsernameToken></w:Security>';
    // base64(sha1("nonce" + created + "p4ss"))
    const digest = 'ZsL7Z5zCIhzn7wY8qjAkYRltxIM=';
    for (const [type, value, status] of [
      ['Text', 'p4ss', 200],
      ['Text', 'wrong', 500],
      ['Digest', digest, 200],
      ['Digest', 'p4ss', 500],
    ] as const) {
      const reply = await call(simulator, 'getPeriodes', {}, { header: token(type, value) });
      expect(reply.status).toBe(status);
    }
  });

  it('an operation whose token ends', async () => {
    let now = 1_000;
    const simulator = await start({
      auth: { method: 'operation', username, password: 'p4ss', lifetimeSeconds: 60 },
      now: () => now,
    });
    const open = (motDePasse: string) =>
      call(simulator, 'ouvrirSession', { identifiant: username, motDePasse });
    expect((await open('wrong')).text).toContain('Identifiants incorrects');
    const jeton = /<jeton>(\w+)<\/jeton>/.exec((await open('p4ss')).text)?.[1] ?? '';
    expect((await call(simulator, 'getPeriodes', { jeton })).status).toBe(200);
    expect((await call(simulator, 'getPeriodes', { jeton: 'other' })).status).toBe(500);
    now += 60_000;
    expect((await call(simulator, 'getPeriodes', { jeton })).text).toContain('Session expirée');
  });
});
