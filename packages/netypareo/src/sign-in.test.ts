import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import type { NetypareoSource } from './source.js';
import type { SourceOptions } from './source-options.js';
import { testContract } from './testing/contract.js';
import {
  envelope,
  faultEnvelope,
  startSoapServer,
  type TestServer,
  xml,
} from './testing/soap-server.js';
import { errorOf, partOf, readAll, testSource } from './testing/source.js';

const ONE = envelope('<return><site><codeSite>1</codeSite><nomSite>A</nomSite></site></return>');
const CREDENTIALS = { username: 'école', password: 'p<&>w', token: 't0k' };

let server: TestServer;
let source: NetypareoSource;
let clock = Date.parse('2026-11-22T12:00:00Z');

async function start(
  signIn: Record<string, unknown>,
  options: Partial<SourceOptions> = {},
  style: 'document' | 'rpc' = 'document',
): Promise<void> {
  server = await startSoapServer(
    { operations: { getSites: ['jeton'], ouvrirSession: ['identifiant', 'motDePasse'] }, style },
    xml(ONE),
  );
  const faults = [{ text: 'expirée', means: 'signInExpired' }];
  source = testSource(testContract({ signIn, faults }), server.wsdl, {
    credentials: CREDENTIALS,
    now: () => clock,
    ...options,
  });
}

afterEach(async () => {
  source.close();
  await server.close();
});

const lastCall = () => server.calls[server.calls.length - 1] as TestServer['calls'][number];

describe.each(['document', 'rpc'] as const)('a call in %s style signs in', (style) => {
  it('not at all', async () => {
    await start({ method: 'none' }, {}, style);
    await readAll(source, partOf('sites'));
    expect(lastCall().headers.authorization).toBeUndefined();
    expect(lastCall().body).not.toContain('Header');
    expect(lastCall().body).toMatch(/<(\w+:)?getSites[^>]*>\s*<\/|<(\w+:)?getSites[^>]*\/>/);
  });

  it('by a parameter', async () => {
    await start({ method: 'parameter', parameters: { jeton: '{{credentials.token}}' } }, {}, style);
    await readAll(source, partOf('sites'));
    expect(lastCall().body).toContain('<jeton>t0k</jeton>');
  });

  it('by a parameter that the WSDL does not declare', async () => {
    await start({ method: 'parameter', parameters: { cle: '{{credentials.token}}' } }, {}, style);
    const bare = await startSoapServer({ operations: { getSites: [] }, style }, xml(ONE));
    source.close();
    await server.close();
    server = bare;
    source = testSource(
      testContract({
        signIn: { method: 'parameter', parameters: { cle: '{{credentials.token}}' } },
      }),
      server.wsdl,
      { credentials: CREDENTIALS },
    );
    await readAll(source, partOf('sites'));
    expect(lastCall().body).toContain('<cle>t0k</cle>');
  });

  it('by HTTP basic', async () => {
    await start({ method: 'basic' }, {}, style);
    await readAll(source, partOf('sites'));
    const expected = Buffer.from('école:p<&>w').toString('base64');
    expect(lastCall().headers.authorization).toBe(`Basic ${expected}`);
  });

  it('by a header', async () => {
    await start(
      { method: 'header', headers: { 'X-Auth-Token': '{{credentials.token}}' } },
      {},
      style,
    );
    await readAll(source, partOf('sites'));
    expect(lastCall().headers['x-auth-token']).toBe('t0k');
  });

  it('by a WS-Security UsernameToken, plain or digested', async () => {
    await start({ method: 'wsSecurity' }, {}, style);
    await readAll(source, partOf('sites'));
    expect(lastCall().body).toContain('<wsse:Username>école</wsse:Username>');
    expect(lastCall().body).toMatch(/<wsse:Password [^>]*#PasswordText">p&lt;&amp;&gt;w</);
    source.close();
    await server.close();
    await start({ method: 'wsSecurity', password: 'digest' }, {}, style);
    await readAll(source, partOf('sites'));
    const { body } = lastCall();
    const [nonce, created] = [/Nonce[^>]*>([^<]+)</, /Created>([^<]+)</].map(
      (part) => part.exec(body)?.[1] ?? '',
    );
    const digest = createHash('sha1')
      .update(Buffer.from(nonce as string, 'base64'))
      .update(`${created}p<&>w`)
      .digest('base64');
    expect(body).toContain(`#PasswordDigest">${digest}<`);
  });
});

describe('a session', () => {
  const signIn = (passOn: object, validSeconds: number | string = 'return.dureeSecondes') => ({
    method: 'operation',
    operation: 'ouvrirSession',
    parameters: { identifiant: '{{credentials.username}}', motDePasse: '{{credentials.password}}' },
    token: 'return.jeton',
    validSeconds,
    passOn,
  });

  /** A server with sessions of 100 s. */
  async function startSessions(passOn: object, validSeconds?: number | string) {
    await start(signIn(passOn, validSeconds));
    let current = '';
    let opened = 0;
    server.answerWith((call, response) => {
      if (call.operation === 'ouvrirSession') {
        current = `S${++opened}`;
        xml(
          envelope(`<return><jeton>${current}</jeton><dureeSecondes>100</dureeSecondes></return>`),
        )(call, response);
      } else if (
        `${call.body} ${JSON.stringify(call.headers)}`.includes(current) &&
        current !== ''
      ) {
        xml(ONE)(call, response);
      } else {
        xml(faultEnvelope('x', 'Session expirée'), 500)(call, response);
      }
    });
    return {
      opened: () => opened,
      end: () => {
        current = 'over';
      },
    };
  }

  it.each([
    [
      'a parameter',
      { parameter: 'jeton' },
      (call: TestServer['calls'][number]) => call.body,
      '<jeton>S1</jeton>',
    ],
    [
      'a header',
      { header: 'Authorization', value: 'Bearer {{session.token}}' },
      (call: TestServer['calls'][number]) => call.headers.authorization,
      'Bearer S1',
    ],
    [
      'a SOAP header',
      { soapHeader: 'jeton', namespace: 'urn:auth' },
      (call: TestServer['calls'][number]) => call.body,
      /Header>\s*<(\w+:)?jeton[^>]*>S1<\/(\w+:)?jeton>/,
    ],
  ])('is passed on as %s', async (_what, passOn, where, expected) => {
    await startSessions(passOn);
    await readAll(source, partOf('sites'));
    if (typeof expected === 'string') expect(where(lastCall())).toContain(expected);
    else expect(where(lastCall())).toMatch(expected);
  });

  it('is opened once for many calls at once, with the credentials', async () => {
    const sessions = await startSessions({ parameter: 'jeton' });
    await Promise.all(Array.from({ length: 6 }, () => readAll(source, partOf('sites'))));
    expect(sessions.opened()).toBe(1);
    expect(server.calls[0]?.body).toContain(
      '<identifiant>école</identifiant><motDePasse>p&lt;&amp;&gt;w</motDePasse>',
    );
  });

  it('is renewed before it ends', async () => {
    const sessions = await startSessions({ parameter: 'jeton' });
    await readAll(source, partOf('sites'));
    clock += 80_000;
    await readAll(source, partOf('sites'));
    expect(sessions.opened()).toBe(1);
    clock += 15_000;
    await readAll(source, partOf('sites'));
    expect(sessions.opened()).toBe(2);
  });

  it('is renewed when the server says that it is over, once', async () => {
    const sessions = await startSessions({ parameter: 'jeton' }, 100_000);
    await readAll(source, partOf('sites'));
    sessions.end();
    const { records } = await readAll(source, partOf('sites'));
    expect(records).toHaveLength(1);
    expect(sessions.opened()).toBe(2);
    server.answerWith((call, response) =>
      call.operation === 'ouvrirSession'
        ? xml(envelope('<return><jeton>S9</jeton></return>'))(call, response)
        : xml(faultEnvelope('x', 'Session expirée'), 500)(call, response),
    );
    const before = server.calls.length;
    // Another user of the same account may have ended it: the next try may be luckier.
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'refused_sign_in',
      retryable: true,
      message: expect.stringContaining('the same account') as string,
    });
    expect(server.calls.length - before).toBe(3);
  });

  it('that is refused is an error of its own', async () => {
    await startSessions({ parameter: 'jeton' });
    server.answerWith(xml(faultEnvelope('Client', 'Identifiants incorrects'), 500));
    const error = await errorOf(source.check(new AbortController().signal));
    expect(error).toMatchObject({
      ...{ name: 'SourceError', kind: 'refused_sign_in', retryable: false },
      said: 'The fault\'s code is "Client", its text "Identifiants incorrects".',
    });
    expect(error.message).not.toContain('Identifiants');
    const before = server.calls.length;
    const all = await Promise.all([1, 2].map(() => errorOf(readAll(source, partOf('sites')))));
    expect(all.map(({ kind }) => kind)).toEqual(['refused_sign_in', 'refused_sign_in']);
    expect(server.calls.length - before).toBe(1);
    server.answerWith(xml(envelope('<return/>')));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      kind: 'contract_mismatch',
      message: expect.stringContaining('no token at return.jeton (signIn.token)') as string,
    });
    server.answerWith(xml(envelope('<return><ticket>s3cret</ticket><duree>60</duree></return>')));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      said: 'The answer holds return (structure), return.duree (number), return.ticket (text).',
    });
  });

  it('opened for a call that is then aborted leaves the others alone', async () => {
    await startSessions({ parameter: 'jeton' });
    const controller = new AbortController();
    const waiting: (() => void)[] = [];
    let sessionsAsked = 0;
    server.answerWith((call, response) => {
      if (call.operation !== 'ouvrirSession') return xml(ONE)(call, response);
      const answer = () =>
        xml(envelope('<return><jeton>S</jeton><dureeSecondes>9</dureeSecondes></return>'))(
          call,
          response,
        );
      if (++sessionsAsked > 1) return answer();
      waiting.push(answer);
      controller.abort(new Error('cancelled'));
    });
    const first = readAll(source, partOf('sites'), controller.signal);
    const second = readAll(source, partOf('sites'));
    await expect(first).rejects.toThrow('cancelled');
    expect((await second).records).toHaveLength(1);
  });
});
