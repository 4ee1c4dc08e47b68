import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { STUDENTS, SITES, testContract } from './testing/contract.js';
import {
  envelope,
  faultEnvelope,
  type Responder,
  startSoapServer,
  type TestServer,
  xml,
} from './testing/soap-server.js';
import { errorOf, partOf, readAll, testSource } from './testing/source.js';
import type { NetypareoSource } from './source.js';

const site = (code: number, name = 'A &amp; B') =>
  `<site><codeSite>${code}</codeSite><nomSite>${name}</nomSite></site>`;
const sites = (...codes: number[]) =>
  envelope(`<return>${codes.map((code) => site(code)).join('')}</return>`, 'getSites');

let server: TestServer;
let source: NetypareoSource;

beforeEach(async () => {
  server = await startSoapServer(
    {
      operations: { getSites: ['offset', 'limite'], getApprenants: ['codesPeriode', 'codesSite'] },
    },
    xml(sites(1, 2)),
  );
  source = testSource(testContract({}, { students: STUDENTS }), server.wsdl);
});

afterEach(async () => {
  source.close();
  await server.close();
});

/** Replaces the source by one with other settings. */
function useSource(
  ...args: Parameters<typeof testSource> extends [infer C, string, (infer O)?] ? [C, O?] : never
) {
  source.close();
  source = testSource(args[0], server.wsdl, args[1]);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Resolves when a figure has stayed the same for many turns of the event loop. */
async function quietOf(figure: () => number): Promise<void> {
  let last = -1;
  for (let turns = 0; turns < 2_000 || last === 0; turns++) {
    if (figure() !== last) turns = 0;
    last = figure();
    await new Promise(setImmediate);
  }
}

const send =
  (
    status: number,
    type: string,
    body: string | Buffer,
    headers: Record<string, string> = {},
  ): Responder =>
  (_call, response) => {
    response.writeHead(status, { 'content-type': type, ...headers });
    response.end(body);
  };

describe('readPart', () => {
  it('reads what the contract maps', async () => {
    const { records, figures } = await readAll(source, partOf('sites'));
    expect(records).toEqual([
      {
        ok: true,
        ordinal: 1,
        record: { fields: { code: '1', name: 'A & B', shortName: null }, lists: {} },
      },
      {
        ok: true,
        ordinal: 2,
        record: { fields: { code: '2', name: 'A & B', shortName: null }, lists: {} },
      },
    ]);
    const bytes = Buffer.byteLength(sites(1, 2));
    expect(figures).toEqual({ records: 2, held: 2, declared: null, total: 2, bytes });
  });

  it('sends the parameters of the scope', async () => {
    server.answerWith(xml(envelope('<return/>')));
    await readAll(source, partOf('students', { periodCode: '2026', siteCode: '1&2' }));
    expect(server.calls[0]?.body).toContain(
      '<codesPeriode>2026</codesPeriode><codesSite>1&amp;2</codesSite>',
    );
    expect(server.calls[0]?.headers.soapaction).toBe('"urn:test#getApprenants"');
    expect(source.splitOf('students')).toEqual(['period', 'site']);
    expect(source.splitOf('sites')).toEqual([]);
  });

  it('tells where the contract takes each field from', () => {
    expect(source.mappingOf('students')).toMatchObject({
      operation: 'getApprenants',
      fields: { email: { paths: ['adresse.email'], constant: null } },
    });
    expect(source.mappingOf('students')?.fields['enrolments.groupCode']?.paths).toEqual([
      'inscriptions.codeGroupe',
    ]);
  });

  it('reads an empty list as an empty list, and a list the server does not have as none', async () => {
    server.answerWith(xml(envelope('<return/>')));
    expect(await readAll(source, partOf('sites'))).toMatchObject({
      records: [],
      figures: { records: 0 },
    });
    expect(await readAll(source, partOf('tutors'))).toMatchObject({ records: [] });
    expect(server.calls).toHaveLength(1);
  });

  it('sets a record aside without telling what was in it', async () => {
    const learner = (birthDate: string, name: string) =>
      `<a><codeApprenant>5</codeApprenant><nomApprenant>${name}</nomApprenant><prenomApprenant>Zoé</prenomApprenant><adresse><email/></adresse><dateNaissance>${birthDate}</dateNaissance><inscriptions/></a>`;
    server.answerWith(
      xml(
        envelope(
          `<return>${learner('31/02/2001', 'X')}${learner('', ' ')}${learner('', 'Y')}</return>`,
        ),
      ),
    );
    const { records } = await readAll(source, partOf('students'));
    expect(records).toMatchObject([
      {
        ok: false,
        ordinal: 1,
        code: '5',
        problem: {
          reason: 'bad_date',
          path: 'dateNaissance',
          message:
            'birthDate cannot be read at dateNaissance: expected a date of the form JJ/MM/AAAA.',
        },
      },
      { ok: false, ordinal: 2, problem: { reason: 'missing_field', path: 'nomApprenant' } },
      { ok: true, ordinal: 3 },
    ]);
  });

  it('applies code tables, defaults, constants and conditions', async () => {
    const fields = {
      code: 'codeSite',
      name: { path: ['nomLong', 'nomSite'], default: 'Sans nom' },
      shortName: { path: 'type', values: { A: 'Antenne', S: 'Siège' }, otherwise: 'Autre' },
    };
    useSource(
      testContract({}, { sites: { ...SITES, fields, where: { path: 'actif', equals: 1 } } }),
    );
    const one = (inside: string) => `<site><nomLong/>${inside}</site>`;
    server.answerWith(
      xml(
        envelope(
          `<return>${one('<codeSite>1</codeSite><nomSite>N</nomSite><type>S</type><actif>1</actif>')}${one('<codeSite>2</codeSite><actif>0</actif>')}${one('<codeSite>3</codeSite><nomSite/><type>?</type><actif>1</actif>')}</return>`,
        ),
      ),
    );
    const { records, figures } = await readAll(source, partOf('sites'));
    expect(figures.records).toBe(2);
    expect(records.map((read) => read.ok && read.record.fields)).toEqual([
      { code: '1', name: 'N', shortName: 'Siège' },
      { code: '3', name: 'Sans nom', shortName: 'Autre' },
    ]);
  });

  it('takes an answer that is compressed, or in another encoding', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    server.answerWith(send(200, 'text/xml', gzipSync(sites(1)), gzip));
    expect((await readAll(source, partOf('sites'))).records).toHaveLength(1);
    const latin = envelope(`<return>${site(1, 'Évry')}</return>`).replace('UTF-8', 'ISO-8859-1');
    server.answerWith(send(200, 'text/xml', Buffer.from(latin, 'latin1')));
    const { records } = await readAll(source, partOf('sites'));
    expect(records[0]).toMatchObject({ record: { fields: { name: 'Évry' } } });
  });

  it('reads page after page until one is empty', async () => {
    const page = { limit: 2 };
    const parameters = { offset: '{{page.offset}}', limite: '{{page.limit}}' };
    useSource(testContract({}, { sites: { ...SITES, parameters, page } }));
    server.answerWith((call, response) => {
      const offset = Number(/<offset>(\d+)/.exec(call.body)?.[1]);
      xml(sites(...[1, 2, 3, 4, 5].slice(offset, offset + 2)))(call, response);
    });
    const { records, figures } = await readAll(source, partOf('sites'));
    expect(records.map(({ ordinal }) => ordinal)).toEqual([1, 2, 3, 4, 5]);
    expect(figures.records).toBe(5);
    expect(server.calls).toHaveLength(4);
    server.answerWith(xml(sites(1, 2)));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'contract_mismatch',
      message: expect.stringContaining('ignores page.offset') as string,
    });
  });

  it('notices pages that ignore the offset by records that do not count too', async () => {
    const parameters = { offset: '{{page.offset}}' };
    const where = { path: 'codeSite', equals: '2' };
    useSource(testContract({}, { sites: { ...SITES, parameters, where, page: { limit: 2 } } }));
    server.answerWith(xml(sites(1, 2)));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'contract_mismatch',
    });
    expect(server.calls).toHaveLength(2);
  });

  it('does not take pages for whole between which the list changed', async () => {
    const parameters = { offset: '{{page.offset}}' };
    const counted = { records: 'return.liste', count: 'return.total' };
    useSource(
      testContract({}, { sites: { ...SITES, ...counted, parameters, page: { limit: 2 } } }),
    );
    // Site 1 went after the first page: site 3 moved up to where nobody looks again.
    server.answerWith((call, response) => {
      const isFirst = call.body.includes('<offset>0');
      const [list, total] = isFirst ? [[1, 2], 4] : [[4], 3];
      const liste = list.map((code) => site(code)).join('');
      const answer = `<return><liste>${liste}</liste><total>${total}</total></return>`;
      xml(envelope(answer))(call, response);
    });
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({ kind: 'overloaded' });
  });

  it('speaks SOAP 1.2 where the contract says so', async () => {
    useSource(testContract({ soapVersion: '1.2' }));
    server.answerWith((call, response) => {
      response.writeHead(200, { 'content-type': 'application/soap+xml; charset=utf-8' });
      response.end(
        sites(1).replaceAll(
          'http://schemas.xmlsoap.org/soap/envelope/',
          'http://www.w3.org/2003/05/soap-envelope',
        ),
      );
      expect(call.headers['content-type']).toContain('application/soap+xml');
    });
    expect((await readAll(source, partOf('sites'))).records).toHaveLength(1);
    expect(server.calls[0]?.body).toContain('http://www.w3.org/2003/05/soap-envelope');
  });

  it('holds no more of a long answer than of a short one', async () => {
    const heavy = site(1)
      .replace('</site>', `<notes>${'x'.repeat(2_000)}</notes></site>`)
      .repeat(100);
    const head = sites().split('</return>')[0] as string;
    const tail = sites(1).slice(sites(1).indexOf('</return>'));
    const peakOf = async (pieces: number): Promise<number> => {
      server.answerWith((_call, response) => {
        response.writeHead(200, { 'content-type': 'text/xml' });
        const body = Readable.from([head, ...Array.from({ length: pieces }, () => heavy), tail]);
        body.pipe(response);
      });
      let peak = 0;
      let batches = 0;
      await source.readPart(
        partOf('sites'),
        () => {
          if (batches++ % 4 !== 3) return Promise.resolve();
          collectGarbage();
          peak = Math.max(peak, process.memoryUsage().heapUsed);
          return Promise.resolve();
        },
        new AbortController().signal,
      );
      return peak;
    };
    const short = await peakOf(50);
    const long = await peakOf(250);
    // 10 MB and 50 MB of answer.
    expect(long - short).toBeLessThan(8_000_000);
  });

  it('makes no more calls at once than it may', async () => {
    const waiting: (() => void)[] = [];
    server.answerWith((call, response) => {
      waiting.push(() => xml(sites(1))(call, response));
    });
    const reading = Promise.all(Array.from({ length: 6 }, () => readAll(source, partOf('sites'))));
    for (let round = 1; round <= 3; round++) {
      await quietOf(() => server.calls.length);
      expect(waiting).toHaveLength(2);
      for (const answer of waiting.splice(0)) answer();
    }
    expect(await reading).toHaveLength(6);
  });
});

describe('a part that did not arrive whole', () => {
  const whole = Buffer.from(sites(1, 2, 3));
  const cut = whole.subarray(0, whole.length - 30);

  it.each<[string, Responder, object]>([
    [
      '502',
      send(502, 'text/html', '<html>Bad Gateway</html>'),
      { kind: 'overloaded', retryable: true, overload: 'http_502' },
    ],
    [
      '503',
      send(503, 'text/html', 'x', { 'retry-after': '7' }),
      { kind: 'overloaded', retryable: true, retryAfterMs: 7_000, overload: 'http_503' },
    ],
    [
      '504',
      send(504, 'text/html', 'x'),
      { kind: 'overloaded', retryable: true, overload: 'http_504' },
    ],
    [
      '429',
      send(429, 'text/plain', 'x'),
      { kind: 'overloaded', retryable: true, overload: 'http_429' },
    ],
    [
      '500 without a fault',
      send(500, 'text/html', 'Fatal error'),
      { kind: 'overloaded', retryable: true, overload: 'http_500' },
    ],
    [
      '500 with broken XML',
      send(500, 'text/xml', '<a'),
      { kind: 'overloaded', retryable: true, overload: 'http_500' },
    ],
    [
      'an empty 200',
      send(200, 'text/xml', ''),
      { kind: 'overloaded', retryable: true, overload: 'empty' },
    ],
    [
      'an empty 200 without a type',
      (_call, response) => response.writeHead(200).end(),
      { kind: 'overloaded', retryable: true, overload: 'empty' },
    ],
    [
      'an answer cut off, the connection ended properly',
      send(200, 'text/xml', cut),
      { kind: 'overloaded', retryable: true, overload: 'cut_off' },
    ],
    [
      'an answer shorter than announced',
      (_call, response) => {
        response.writeHead(200, { 'content-type': 'text/xml', 'content-length': whole.length });
        response.write(cut, () => response.destroy());
      },
      { kind: 'overloaded', retryable: true, overload: 'reset' },
    ],
    [
      'a reset before the answer',
      (_call, response) => response.destroy(),
      { kind: 'overloaded', retryable: true, overload: 'reset' },
    ],
    [
      'compressed text cut off',
      send(200, 'text/xml', gzipSync(whole).subarray(0, 60), { 'content-encoding': 'gzip' }),
      { kind: 'overloaded', retryable: true, overload: 'cut_off' },
    ],
    [
      'an HTML page with 200',
      send(200, 'text/html', '<html>Maintenance</html>'),
      { kind: 'not_xml', retryable: true, overload: 'html_page' },
    ],
    [
      'HTML that calls itself XML',
      send(200, 'text/xml', '<html><body/></html>'),
      { kind: 'not_xml', retryable: true, overload: undefined },
    ],
    [
      'a PHP error before the XML',
      send(200, 'text/xml', `Warning: x\n${whole.toString()}`),
      { kind: 'not_xml', overload: undefined },
    ],
    [
      'bytes that are no UTF-8',
      send(
        200,
        'text/xml',
        Buffer.concat([whole.subarray(0, 400), Buffer.from([0xe9]), whole.subarray(400)]),
      ),
      { kind: 'unreadable', retryable: true, overload: undefined, bytes: whole.length + 1 },
    ],
    [
      'a control character in a name',
      send(200, 'text/xml', whole.toString().replace('A &amp; B', 'A \u0008 B')),
      { kind: 'unreadable', retryable: true, overload: undefined },
    ],
    [
      'a property whose name begins with a digit',
      send(200, 'text/xml', whole.toString().replaceAll('nomSite', '2eNom')),
      { kind: 'unreadable', retryable: true, overload: undefined },
    ],
    [
      'a control character in an answer that is cut off after it, the connection ended properly',
      send(200, 'text/xml', cut.toString().replace('A &amp; B', 'A \u0008 B')),
      { kind: 'overloaded', overload: 'cut_off', bytes: cut.length - 4 },
    ],
    [
      'a control character in an answer that breaks off after it',
      (_call, response) => {
        response.writeHead(200, { 'content-type': 'text/xml', 'content-length': whole.length });
        const body = cut.toString().replace('A &amp; B', 'A \u0008 B');
        response.write(body, () => response.destroy());
      },
      { kind: 'overloaded', overload: 'reset' },
    ],
    [
      'text cut off in the middle of a letter',
      send(200, 'text/xml', Buffer.concat([whole.subarray(0, 400), Buffer.from([0xc3])])),
      { kind: 'overloaded', overload: 'cut_off' },
    ],
    [
      'a PHP error after the XML',
      send(200, 'text/xml', `${whole.toString()}<br />\nWarning: x`),
      { kind: 'not_xml', overload: undefined },
    ],
    ['a DTD', send(200, 'text/xml', '<!DOCTYPE x><x/>'), { kind: 'not_xml', overload: undefined }],
    [
      '401',
      send(401, 'text/html', 'x'),
      { kind: 'refused_sign_in', retryable: false, overload: undefined },
    ],
    ['403', send(403, 'text/html', 'x'), { kind: 'refused_sign_in', retryable: false }],
    [
      '404',
      send(404, 'text/html', 'x'),
      { kind: 'unreachable', retryable: false, overload: undefined },
    ],
    [
      'a redirect',
      send(302, 'text/html', 'x', { location: 'http://elsewhere.example' }),
      { kind: 'unreachable', retryable: false },
    ],
    [
      'a fault with 500',
      xml(faultEnvelope('SOAP-ENV:Server', 'Dupont'), 500),
      { kind: 'soap_fault', retryable: false, overload: undefined },
    ],
    [
      'a fault with 200',
      xml(faultEnvelope('SOAP-ENV:Client', 'Dupont')),
      { kind: 'soap_fault', retryable: false, overload: undefined },
    ],
    [
      'a fault that the contract says may pass',
      xml(faultEnvelope('SOAP-ENV:Server', 'deadlock'), 500),
      { kind: 'soap_fault', retryable: true, overload: undefined },
    ],
    [
      'a fault that the contract calls a refusal',
      xml(faultEnvelope('x', 'Accès refusé'), 500),
      { kind: 'refused_sign_in', retryable: false },
    ],
    [
      'a fault that the contract takes for one bad record',
      xml(faultEnvelope('SOAP-ENV:Server', "Encoding: string 'Dupont…' is not valid"), 500),
      { kind: 'unreadable', retryable: false, overload: undefined },
    ],
    [
      'an answer without the list',
      xml(envelope('<autre/>')),
      { kind: 'contract_mismatch', retryable: false, overload: undefined },
    ],
    [
      'a list that declares another length',
      xml(envelope('<return xsi:type="SOAP-ENC:Array" SOAP-ENC:arrayType="ns2:Map[3]"/>')),
      { kind: 'overloaded', overload: 'cut_off' },
    ],
  ])('%s', async (_what, responder, expected) => {
    const faults = [
      { text: 'deadlock', means: 'tryAgain' },
      { text: 'Encoding:', means: 'badRecord' },
      { text: 'accès refus[eé]', means: 'refusedSignIn' },
    ];
    useSource(testContract({ faults }));
    server.answerWith(responder);
    const error = await errorOf(readAll(source, partOf('sites')));
    expect(error).toMatchObject({ name: 'SourceError', ...expected });
    // A sentence that says what happened and what to do, and nobody's data.
    expect(error.message).toMatch(/^[A-Z].*\.$/s);
    expect(error.message).not.toContain('Dupont');
  });

  it('names the guide’s remedy when the server is overloaded', async () => {
    server.answerWith(send(502, 'text/html', ''));
    const { message } = await errorOf(readAll(source, partOf('sites')));
    expect(message).toContain('getSites: HTTP 502');
    expect(message).toContain('raise output_buffering in php.ini from 4096 to 9192');
  });

  it('names field, path and number of records when the contract does not fit', async () => {
    server.answerWith(
      xml(
        envelope(
          '<return><s><codeSite>1</codeSite><nom>A</nom></s><s><codeSite>2</codeSite><nom>B</nom></s></return>',
        ),
      ),
    );
    const error = await errorOf(readAll(source, partOf('sites')));
    expect(error).toMatchObject({ kind: 'contract_mismatch', retryable: false });
    expect(error.message).toContain('name should be at nomSite, which none of 2 records has');
  });

  it('does not take a list missing from every record for empty lists', async () => {
    const learner =
      '<a><codeApprenant>5</codeApprenant><nomApprenant>X</nomApprenant><prenomApprenant>Y</prenomApprenant></a>';
    server.answerWith(xml(envelope(`<return>${learner}</return>`)));
    const error = await errorOf(readAll(source, partOf('students')));
    expect(error.message).toContain(
      'enrolments should be at inscriptions, which none of 1 records has',
    );
  });

  it('does not set everybody aside for what is wrong with all of them', async () => {
    const learner = (code: number, born: string) =>
      `<a><codeApprenant>${code}</codeApprenant><nomApprenant>X</nomApprenant><prenomApprenant>Y</prenomApprenant><dateNaissance>${born}</dateNaissance><inscriptions/></a>`;
    const answer = (...born: string[]) =>
      xml(envelope(`<return>${born.map((day, code) => learner(code, day)).join('')}</return>`));
    const isoDays = Array<string>(10).fill('2008-05-01');
    server.answerWith(answer(...isoDays));
    expect(await errorOf(readAll(source, partOf('students')))).toMatchObject({
      kind: 'contract_mismatch',
      message: expect.stringContaining(
        'in each of 10 records birthDate cannot be read at dateNaissance: expected a date of the form JJ/MM/AAAA.',
      ) as string,
    });
    server.answerWith(answer(...isoDays, '01/05/2008'));
    expect((await readAll(source, partOf('students'))).records).toHaveLength(11);
    server.answerWith(answer('2008-05-01'));
    expect((await readAll(source, partOf('students'))).records).toHaveLength(1);
  });

  it('compares the count that the answer gives', async () => {
    useSource(testContract({}, { sites: { ...SITES, records: 'liste', count: 'total' } }));
    const counted = (total: string) => envelope(`<total>${total}</total><liste>${site(1)}</liste>`);
    server.answerWith(xml(counted('1')));
    expect((await readAll(source, partOf('sites'))).figures).toMatchObject({
      records: 1,
      declared: 1,
    });
    server.answerWith(xml(counted('2')));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'overloaded',
      message: expect.stringContaining('counts 2 records at total but holds 1') as string,
    });
    server.answerWith(xml(counted('')));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'contract_mismatch',
    });
  });

  it('says where nothing listens', async () => {
    await readAll(source, partOf('sites'));
    useSource(testContract(), { endpoint: 'http://127.0.0.1:1/ws' });
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'unreachable',
      retryable: true,
      overload: 'refused_connection',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
    useSource(testContract(), { endpoint: 'http://nowhere.invalid/ws' });
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({ kind: 'unreachable' });
  });
});

describe('limits', () => {
  it('ends a call that takes too long, before and within the answer', async () => {
    useSource(testContract(), { limits: { timeoutMs: 60 } });
    await source.inspect();
    server.answerWith(() => {});
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'timeout',
      retryable: true,
    });
    useSource(testContract(), { limits: { timeoutMs: 10_000, idleTimeoutMs: 40 } });
    server.answerWith((_call, response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.write(sites(1).slice(0, 200));
    });
    const error = await errorOf(readAll(source, partOf('sites')));
    expect(error).toMatchObject({ kind: 'timeout' });
    expect(error.message).toContain('nothing came for 40 ms');
  });

  it('does not count the time that the caller takes', async () => {
    useSource(testContract(), { limits: { timeoutMs: 1_000, idleTimeoutMs: 1_000 } });
    await source.inspect();
    server.answerWith(xml(envelope(`<return>${site(1).repeat(10_000)}</return>`)));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const figures = await source.readPart(
        partOf('sites'),
        async () => {
          // Long enough for the next batch to be read, and the call to wait for this one.
          for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
          vi.advanceTimersByTime(60_000);
        },
        new AbortController().signal,
      );
      expect(figures.records).toBe(10_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('refuses an answer that is too long', async () => {
    useSource(testContract(), { limits: { maxResponseBytes: 300 } });
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'too_large',
      retryable: false,
    });
  });

  it('refuses what unpacks to too much', async () => {
    useSource(testContract(), { limits: { maxResponseBytes: 1_000_000 } });
    const bomb = gzipSync(Buffer.alloc(20_000_000, ' '));
    server.answerWith(send(200, 'text/xml', bomb, { 'content-encoding': 'gzip' }));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({ kind: 'too_large' });
  });

  it('refuses depth and long texts', async () => {
    useSource(testContract(), { limits: { maxXmlDepth: 6, maxTextBytes: 50 } });
    server.answerWith(xml(envelope(`<return><a><b><c/></b></a></return>`)));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'too_large',
      message: expect.stringContaining('nested more than 6 deep') as string,
    });
  });
});

describe('the caller’s pace', () => {
  const many = envelope(`<return>${site(1).repeat(30_000)}</return>`);

  it('is followed: no batch is handed over before the last one but one is taken', async () => {
    server.answerWith(xml(many));
    let open = 0;
    let most = 0;
    const sizes: number[] = [];
    await source.readPart(
      partOf('sites'),
      async (batch) => {
        most = Math.max(most, ++open);
        sizes.push(batch.length);
        await new Promise(setImmediate);
        open--;
      },
      new AbortController().signal,
    );
    expect(most).toBe(1);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(30_000);
    expect(Math.max(...sizes)).toBeLessThan(5_000);
  });

  it('holds the server back: while a batch waits, the answer is not read on', async () => {
    let sent = 0;
    const heavy = site(1).replace('</site>', `<notes>${'x'.repeat(3_000)}</notes></site>`);
    const piece = heavy.repeat(100);
    server.answerWith((_call, response) => {
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.write(many.slice(0, many.indexOf('<site>')));
      const more = () => {
        while (sent < 200) {
          sent++;
          if (!response.write(piece)) return void response.once('drain', more);
        }
        response.end(many.slice(many.lastIndexOf('</site>') + 7));
      };
      more();
    });
    let release: () => void = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const reading = source.readPart(partOf('sites'), () => released, new AbortController().signal);
    await quietOf(() => sent);
    // 200 pieces are 60 MB; the sockets and two batches hold a small part of it.
    expect(sent).toBeGreaterThan(0);
    expect(sent).toBeLessThan(120);
    release();
    expect((await reading).records).toBe(20_000);
  });

  it('and its errors end the call unchanged', async () => {
    server.answerWith(xml(many));
    const full = new Error('the disk is full');
    const reading = source.readPart(
      partOf('sites'),
      () => Promise.reject(full),
      new AbortController().signal,
    );
    await expect(reading).rejects.toBe(full);
    server.answerWith(xml(sites(1)));
    const short = source.readPart(
      partOf('sites'),
      () => Promise.reject(full),
      new AbortController().signal,
    );
    await expect(short).rejects.toBe(full);
  });

  it('an abort ends the call at once, with the signal’s reason, and the server notices', async () => {
    const controller = new AbortController();
    let closed: Promise<unknown> = Promise.resolve();
    server.answerWith((_call, response) => {
      closed = once(response, 'close');
      response.writeHead(200, { 'content-type': 'text/xml' });
      response.write(many.slice(0, 5_000));
      controller.abort(new Error('cancelled'));
    });
    await expect(readAll(source, partOf('sites'), controller.signal)).rejects.toThrow('cancelled');
    await closed;
    await expect(
      readAll(source, partOf('sites'), AbortSignal.abort(new Error('gone'))),
    ).rejects.toThrow('gone');
  });
});
