import type { SourceGate } from '@passerelle/sync';
import { SourceError } from '@passerelle/sync';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { NetypareoSource } from './source.js';
import type { SourceOptions } from './source-options.js';
import { SITES, STUDENTS, testContract } from './testing/contract.js';
import { createLocalGate, type LocalGate } from './testing/local-gate.js';
import {
  envelope,
  faultEnvelope,
  startSoapServer,
  type TestServer,
  xml,
} from './testing/soap-server.js';
import { errorOf, partOf, readAll, testSource } from './testing/source.js';

const ONE = envelope('<return><site><codeSite>1</codeSite><nomSite>A</nomSite></site></return>');
const NOBODY = envelope('<return/>');
const SESSION = {
  method: 'operation',
  operation: 'ouvrirSession',
  token: 'jeton',
  passOn: { parameter: 'jeton' },
};
const login = {
  operation: 'validerLogin',
  parameters: { login: '{{username}}', motDePasse: '{{password}}' },
  answers: [{ path: 'return.valide', equals: 1, means: 'yes' }],
};
const faults = [{ text: 'expirée', means: 'signInExpired' }];
const signal = new AbortController().signal;

let server: TestServer;
let source: NetypareoSource;
let gate: LocalGate;

beforeEach(async () => {
  const operations = {
    ...{ getSites: ['offset', 'limite'], getApprenants: ['codesPeriode', 'codesSite'] },
    ...{ ouvrirSession: [], validerLogin: ['login', 'motDePasse'] },
  };
  server = await startSoapServer({ operations }, (call, response) => {
    const answers: Record<string, string> = {
      getSites: ONE,
      getApprenants: NOBODY,
      ouvrirSession: envelope('<jeton>t</jeton>'),
      validerLogin: envelope('<return><valide>1</valide></return>'),
    };
    xml(answers[call.operation] ?? '')(call, response);
  });
  gate = createLocalGate(1);
});
afterEach(async () => {
  source.close();
  await server.close();
});

function useContract(changes: Record<string, unknown>, options: Partial<SourceOptions> = {}): void {
  const contract = testContract({ login, faults, ...changes }, { students: STUDENTS });
  source = testSource(contract, server.wsdl, { gate, ...options });
}
const passed = () => gate.passed.map(({ purpose, operation }) => `${purpose} ${operation}`);

describe('every call passes the gate', () => {
  it('with why it is made, what it asks for, and how much came', async () => {
    useContract({ signIn: SESSION });
    await readAll(source, partOf('students', { siteCode: 'S1' }));
    const bytes = expect.any(Number) as number;
    expect(gate.passed).toEqual([
      { purpose: 'onDemand', operation: 'WSDL', siteCode: null, bytes },
      { purpose: 'reading', operation: 'ouvrirSession', siteCode: null, opensPart: true, bytes },
      {
        ...{ purpose: 'reading', operation: 'getApprenants', siteCode: 'S1', opensPart: true },
        bytes: Buffer.byteLength(NOBODY),
      },
    ]);
  });

  it('for whoever it is made', async () => {
    useContract({ signIn: { method: 'none' } });
    await source.validateLogin('zoé', 'x', signal);
    await source.sample(partOf('sites'), 1, signal);
    await source.probe(signal);
    await readAll(source, { ...partOf('sites'), purpose: 'onDemand' });
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual([
      'onDemand WSDL',
      'login validerLogin',
      'onDemand getSites',
      'probe getSites',
      'onDemand getSites',
      'reading getSites',
    ]);
  });

  it('the WSDL too, once, when it is read ahead', async () => {
    useContract({ signIn: { method: 'none' } });
    await source.prepare(signal);
    expect(passed()).toEqual(['onDemand WSDL']);
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual(['onDemand WSDL', 'reading getSites']);
  });

  it('one by one: no permit is held while another is waited for', async () => {
    useContract({ signIn: SESSION });
    // With a single permit anything that held one meanwhile would never end.
    let isOver = true;
    server.answerWith((call, response) => {
      const isSession = call.operation === 'ouvrirSession';
      if (!isSession && isOver) {
        isOver = false;
        return xml(faultEnvelope('x', 'Session expirée'), 500)(call, response);
      }
      xml(isSession ? envelope('<jeton>t</jeton>') : ONE)(call, response);
    });
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual([
      'onDemand WSDL',
      'reading ouvrirSession',
      'reading getSites',
      'reading ouvrirSession',
      'reading getSites',
    ]);
    expect(gate.most()).toBe(1);
  });

  it('each page of a list', async () => {
    const sites = { ...SITES, parameters: { offset: '{{page.offset}}' }, page: { limit: 1 } };
    source = testSource(testContract({}, { sites }), server.wsdl, { gate });
    server.answerWith((call, response) =>
      xml(call.body.includes('<offset>0') ? ONE : NOBODY)(call, response),
    );
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual(['onDemand WSDL', 'reading getSites', 'reading getSites']);
  });

  it('but no WSDL that is there already', async () => {
    useContract({ signIn: { method: 'none' } });
    await readAll(source, partOf('sites'));
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual(['onDemand WSDL', 'reading getSites', 'reading getSites']);
    const file = join(await mkdtemp(join(tmpdir(), 'wsdl-')), 'centre.wsdl');
    await writeFile(file, await (await fetch(server.wsdl)).text());
    source.close();
    gate.passed.length = 0;
    source = testSource(testContract(), file, { gate });
    await readAll(source, partOf('sites'));
    expect(passed()).toEqual(['reading getSites']);
  });
});

describe('what the gate does', () => {
  /** A gate that some calls do not get through. */
  function gateThat(hold: (purpose: string) => Promise<void> | undefined): SourceGate {
    return {
      pass: async (call, work, abort, bytesOf) => {
        await hold(call.purpose);
        return gate.pass(call, work, abort, bytesOf);
      },
    };
  }

  /** A gate at which reading waits until it is let through. */
  function holdReading(): { holding: SourceGate; begun: Promise<void>; letThrough: () => void } {
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    let isHeld = (): void => {};
    const begun = new Promise<void>((resolve) => {
      isHeld = resolve;
    });
    const holding = gateThat((purpose) => {
      if (purpose !== 'reading') return undefined;
      isHeld();
      return held;
    });
    return { holding, begun, letThrough: () => letThrough() };
  }

  it('reaches the caller: a refusal, and no call is made', async () => {
    const resting = new SourceError('resting', 'It rests.', { retryable: true, retryAfterMs: 5 });
    const refusing = gateThat((purpose) =>
      purpose === 'reading' ? Promise.reject(resting) : undefined,
    );
    useContract({ signIn: SESSION }, { gate: refusing });
    expect(await errorOf(readAll(source, partOf('sites')))).toBe(resting);
    expect(server.calls).toEqual([]);
  });

  it('does not make a login wait behind the sign-in of bulk reading', async () => {
    const { holding, begun, letThrough } = holdReading();
    useContract({ signIn: SESSION }, { gate: holding });
    const reading = readAll(source, partOf('sites'));
    await begun;
    expect(await source.validateLogin('zoé', 'x', signal)).toBe('yes');
    letThrough();
    expect((await reading).records).toHaveLength(1);
  });

  it('signs with the time at which the call is made, however long it waited', async () => {
    const { holding, begun, letThrough } = holdReading();
    useContract({ signIn: { method: 'wsSecurity', timestamp: true } }, { gate: holding });
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-20T08:00:00Z') });
    try {
      const reading = readAll(source, partOf('sites'));
      await begun;
      // All that can be done meanwhile is done.
      await new Promise(setImmediate);
      vi.setSystemTime(new Date('2026-11-20T08:10:00Z'));
      letThrough();
      await reading;
    } finally {
      vi.useRealTimers();
    }
    expect(server.calls[0]?.body).toContain('Created>2026-11-20T08:10:00Z<');
  });

  it('lets go of who waits for the WSDL and gives up', async () => {
    const waiting = gateThat(() => new Promise(() => {}));
    useContract({ signIn: { method: 'none' } }, { gate: waiting });
    const controller = new AbortController();
    const reading = readAll(source, partOf('sites'), controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(reading).rejects.toThrow('cancelled');
  });

  it('ends a call whose permit is lost', async () => {
    const lost = new AbortController();
    const losing: SourceGate = {
      pass: (call, work, abort) =>
        gate.pass(call, () => work(AbortSignal.any([abort, lost.signal])), abort),
    };
    useContract({ signIn: { method: 'none' } }, { gate: losing });
    server.answerWith(() => lost.abort(new Error('The permit ran out.')));
    await expect(readAll(source, partOf('sites'))).rejects.toThrow('The permit ran out.');
  });

  it('learns how much of a failed answer had arrived', async () => {
    useContract({ signIn: { method: 'none' } });
    const cut = ONE.slice(0, -30);
    server.answerWith(xml(cut));
    expect(await errorOf(readAll(source, partOf('sites')))).toMatchObject({
      ...{ overload: 'cut_off', bytes: Buffer.byteLength(cut) },
    });
  });
});

describe('probe', () => {
  const probe = () => source.probe(signal);

  it('asks for the shortest list that needs no scope', async () => {
    const usertypes = { ...SITES, operation: 'getSites', fields: { code: 'c', label: 'l' } };
    const contract = testContract(
      {},
      { 'definitions.status': usertypes, sites: 'none', students: STUDENTS },
    );
    source = testSource(contract, server.wsdl, { gate });
    await probe();
    expect(passed()).toEqual(['onDemand WSDL', 'probe getSites']);
    source.close();
    // With nothing else, a list without its scope is as good.
    const students = { ...STUDENTS, parameters: { codesSite: '{{site.code}}' }, split: ['site'] };
    source = testSource(testContract({}, { sites: 'none', students }), server.wsdl, { gate });
    await probe();
    expect(passed().at(-1)).toBe('probe getApprenants');
  });

  it('asks for a page of one where there are pages', async () => {
    const parameters = { offset: '{{page.offset?}}', limite: '{{page.limit?}}' };
    const page = { limit: 200, whenNeeded: true };
    const contract = testContract({}, { sites: { ...SITES, parameters, page } });
    source = testSource(contract, server.wsdl, { gate });
    await probe();
    expect(server.calls[0]?.body).toContain('<limite>1</limite>');
  });

  it('takes a fault for an answer, and nothing less', async () => {
    useContract({ signIn: { method: 'none' } });
    server.answerWith(xml(faultEnvelope('Server', 'non'), 500));
    await expect(probe()).resolves.toBeUndefined();
    server.answerWith(xml(ONE.slice(0, -20)));
    expect(await errorOf(probe())).toMatchObject({ overload: 'cut_off' });
    server.answerWith((_call, response) => {
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<html>Maintenance</html>');
    });
    expect(await errorOf(probe())).toMatchObject({ kind: 'not_xml', overload: 'html_page' });
  });
});
