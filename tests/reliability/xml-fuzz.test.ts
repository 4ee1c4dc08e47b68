import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CANARY_MARK, type Simulator, startSimulator, STYLES } from '@passerelle/simulator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { amount, createDice } from './support/amount.js';
import { mutate } from './support/fuzz-xml.js';

/** Of either style. */
const BODIES = amount({ sample: 100, full: 1_000 });
/** The heap of the process that reads them; a worker's own is larger. */
const HEAP_MB = 128;
const RSS_MB = 320;
/** The longest any answer of a few megabytes may take, on a busy machine. */
const SLOWEST_MS = 6_000;

const READER = fileURLToPath(new URL('support/read-answers.mjs', import.meta.url));
const REPORT = z.object({
  ...{ answer: z.number(), kind: z.string(), message: z.string() },
  ...{ records: z.number(), ms: z.number() },
});
type Report = z.infer<typeof REPORT>;

describe.each(STYLES)('%s answers', (style) => {
  let simulator: Simulator;
  let original: Buffer;
  beforeAll(async () => {
    const centre = { today: '2026-11-20', learners: 12, sites: 1, canary: true };
    simulator = await startSimulator({ centre, style });
    original = await askForLearners(simulator);
  });
  afterAll(() => simulator.close());

  test(`${BODIES} times fuzzed are read or refused, quickly and in bounds`, async () => {
    const dice = createDice(`fuzz ${style}`);
    let sent = 0;
    const { reports, maxRssMb } = await read(simulator, BODIES, (response) => {
      // The first one as it is: what is tried is an answer that could be read.
      response.end(sent++ === 0 ? original : mutate(original, dice));
    });
    expect(reports[0]).toMatchObject({ kind: 'read', records: expect.any(Number) });
    expect(reports[0]?.records).toBeGreaterThan(10);
    expect(reports.filter(({ kind }) => kind === 'unforeseen')).toEqual([]);
    expect(reports.filter(({ ms }) => ms > SLOWEST_MS)).toEqual([]);
    expect(reports.filter(({ message }) => message.includes(CANARY_MARK))).toEqual([]);
    expect(maxRssMb).toBeLessThan(RSS_MB);
    // Fuzz that breaks all or nothing tries nothing.
    const kinds = new Set(reports.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['read', 'overloaded', 'unreadable']));
  }, 600_000);

  test('that are bombs are refused before they go off', async () => {
    const touched: string[] = [];
    const elsewhere = await listen((_request, response) => {
      touched.push('external entity');
      response.end('x');
    });
    const bombs = Object.entries(bombsAround(original.toString(), urlOf(elsewhere)));
    let next = 0;
    const { reports, maxRssMb } = await read(simulator, bombs.length, (response) => {
      bombs[next++]?.[1](response);
    });
    elsewhere.close();
    const outcomes = reports.map(({ answer, kind }) => `${bombs[answer]?.[0]}: ${kind}`);
    expect(outcomes).toEqual(
      bombs.map(([name]) => expect.stringMatching(`^${name}: (?!read|unforeseen)`)),
    );
    expect(reports.filter(({ ms }) => ms > SLOWEST_MS)).toEqual([]);
    expect(reports.filter(({ message }) => message.includes('root:'))).toEqual([]);
    expect(touched).toEqual([]);
    expect(maxRssMb).toBeLessThan(RSS_MB);
  });
});

type Send = (response: ServerResponse) => void;

/** Answers that are small to send and large, or dangerous, to believe. */
function bombsAround(answer: string, elsewhere: string): Record<string, Send> {
  const head = answer.slice(0, answer.indexOf('<return'));
  const whole = (prolog: string, text: string): Send => {
    const body = answer.replace(/<\?xml[^>]*\?>/, (declaration) => declaration + prolog);
    const spiked = body.replace(
      /(<nomApprenant[^>]*>|nomApprenant<\/key><value[^>]*>)[^<]*/,
      `$1${text}`,
    );
    return (response) => void response.end(spiked);
  };
  const endless = (begin: string, again: string): Send => {
    const piece = again.repeat(Math.ceil(65_536 / again.length));
    return (response) => {
      response.write(begin);
      const more = (): void => {
        if (!response.destroyed && response.write(piece)) setImmediate(more);
      };
      response.on('drain', more);
      more();
    };
  };
  const laughs = Array.from(
    { length: 9 },
    (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`,
  );
  return {
    'billion laughs': whole(`<!DOCTYPE x [<!ENTITY l0 "lol">${laughs.join('')}]>`, '&l9;'),
    'external entity': whole(`<!DOCTYPE x [<!ENTITY e SYSTEM "${elsewhere}">]>`, '&e;'),
    'file as entity': whole('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', '&e;'),
    'external DTD': whole(`<!DOCTYPE x SYSTEM "${elsewhere}">`, 'x'),
    'parameter entity': whole(`<!DOCTYPE x [<!ENTITY % p SYSTEM "${elsewhere}"> %p;]>`, 'x'),
    'undeclared entity': whole('', '&nbsp;'),
    'endless depth': endless(`${head}<return>`, '<a>'),
    'endless text': endless(`${head}<return><a>`, 'text '),
    'endless list': endless(`${head}<return>`, '<item/>'),
    'endless attributes': endless(`${head}<return><a `, 'b="c" '),
    'endless name': endless(`${head}<return><`, 'abcdef'),
    'endless comment': endless(`${head}<!-- `, 'words '),
    'endless CDATA': endless(`${head}<return><a><![CDATA[`, 'words '),
    'endless instruction': endless(`${head}<?php `, 'words '),
    'endless white space': endless('', ' \n'),
    'doubling references': (response) => void response.end(doubling(head)),
  };
}

/** Each element refers to the one before it twice: 2^40 in all. */
function doubling(head: string): string {
  const refer = (n: number): string =>
    `<m id="r${n}"><inscriptions href="#r${n - 1}"/><adresse href="#r${n - 1}"/></m>`;
  const levels = Array.from({ length: 40 }, (_, n) => refer(n + 1)).join('');
  return `${head}<m id="r0"><email>x</email></m>${levels}<return><item><codeApprenant>1</codeApprenant><adresse href="#r40"/><inscriptions href="#r40"/></item>`;
}

/** Reads so many answers in a process of its own. */
async function read(
  { wsdlUrl }: Simulator,
  count: number,
  send: Send,
): Promise<{ reports: Report[]; maxRssMb: number }> {
  const server = await listen((request, response) => {
    request.resume();
    response.on('error', () => {});
    response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' });
    send(response);
  });
  const args = [`--max-old-space-size=${HEAP_MB}`, READER, wsdlUrl, urlOf(server), String(count)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  // One that says nothing for so long hangs.
  const hangs = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    lines.push(line);
    hangs.refresh();
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(hangs);
  server.closeAllConnections();
  server.close();
  expect({ code, signal, complaint, answers: lines.length - 1 }).toEqual({
    ...{ code: 0, signal: null, complaint: '', answers: count },
  });
  const { maxRssMb } = z.object({ maxRssMb: z.number() }).parse(JSON.parse(lines.pop() ?? ''));
  return { reports: lines.map((line) => REPORT.parse(JSON.parse(line))), maxRssMb };
}

async function listen(handler: RequestListener): Promise<Server> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const urlOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;

/** The answer with all learners, as the simulator sends it. */
async function askForLearners({ url }: Simulator): Promise<Buffer> {
  const body =
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><getApprenants xmlns="urn:x"/></e:Body></e:Envelope>';
  const answer = await fetch(`${url}/ws`, {
    method: 'POST',
    headers: { 'content-type': 'text/xml', soapaction: '""' },
    body,
  });
  return Buffer.from(await answer.arrayBuffer());
}
