import { once } from 'node:events';
import { mkdtemp, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetypareoSource } from './source.js';
import { SITES, testContract } from './testing/contract.js';
import { envelope, startSoapServer, type TestServer, xml } from './testing/soap-server.js';
import { errorOf, partOf, readAll, testSource } from './testing/source.js';

const ONE = envelope(
  '<return><site><codeSite>1</codeSite><nomSite>Secret</nomSite><ouvert>01/09/2020</ouvert><salles><salle><n>1</n></salle><salle><n>2</n></salle></salles></site></return>',
);
const OPERATIONS = { operations: { getSites: ['codesPeriode'] } };
const signal = new AbortController().signal;

let server: TestServer;
let source: NetypareoSource;

beforeEach(async () => {
  server = await startSoapServer(OPERATIONS, xml(ONE));
  source = testSource(testContract(), server.wsdl);
});
afterEach(async () => {
  source.close();
  await server.close();
});

describe('inspect', () => {
  it('lists the operations with what goes in and out', async () => {
    expect(await source.inspect()).toEqual([
      {
        service: 'Test',
        port: 'TestPort',
        operation: 'getSites',
        input: { codesPeriode: 'xsd:string' },
        output: { return: 'xsd:anyType' },
      },
    ]);
  });

  it('reads a WSDL from a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'wsdl-')), 'centre.wsdl');
    await writeFile(file, await (await fetch(server.wsdl)).text());
    source.close();
    source = testSource(testContract(), file);
    expect((await readAll(source, partOf('sites'))).records).toHaveLength(1);
  });

  it.each([
    ['a file that is not there', '/nowhere/centre.wsdl', 'there is no such file'],
    ['nothing listening', 'http://127.0.0.1:1/ws?wsdl', 'ECONNREFUSED'],
  ])('says of %s what is wrong', async (_what, wsdl, expected) => {
    source.close();
    source = testSource(testContract(), wsdl);
    const error = await errorOf(source.inspect());
    expect(error).toMatchObject({ kind: 'unreachable' });
    expect(error.message).toContain(expected);
  });

  it('says of a file that is no WSDL that it is none', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'wsdl-')), 'centre.wsdl');
    await writeFile(file, '<html>no</html>');
    source.close();
    source = testSource(testContract(), file);
    expect(await errorOf(source.inspect())).toMatchObject({ kind: 'unreachable' });
  });
});

describe('the WSDL on disk', () => {
  it('serves on the day the source is down', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'wsdl-cache-'));
    source.close();
    source = testSource(testContract(), server.wsdl, { cacheDir });
    await source.inspect();
    source.close();
    const { wsdl } = server;
    await server.close();
    const warnings: string[] = [];
    source = testSource(testContract(), wsdl, {
      cacheDir,
      log: { debug: () => {}, warn: (_fields, message) => void warnings.push(message) },
    });
    expect(await source.inspect()).toHaveLength(1);
    expect(warnings).toEqual(['the WSDL cannot be fetched; using the copy kept on disk']);
    expect(await errorOf(source.check(signal))).toMatchObject({ kind: 'unreachable' });
    server = await startSoapServer(OPERATIONS, xml(ONE));
  });

  it('is not replaced by an HTML page', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'wsdl-cache-'));
    const page = createServer((_request, response) => response.end('<html>Maintenance</html>'));
    page.listen(0, '127.0.0.1');
    await once(page, 'listening');
    const { port } = page.address() as AddressInfo;
    source.close();
    source = testSource(testContract(), `http://127.0.0.1:${port}/ws?wsdl`, { cacheDir });
    expect(await errorOf(source.inspect())).toMatchObject({
      ...{ kind: 'unreachable', retryable: true, overload: 'html_page' },
    });
    expect(await readdir(cacheDir)).toEqual([]);
    page.closeAllConnections();
    page.close();
  });
});

describe('check', () => {
  it('finds where contract and WSDL disagree', async () => {
    const contract = testContract(
      {},
      {
        sites: { ...SITES, parameters: { codePeriode: 'x' } },
        'definitions.period': {
          operation: 'getSitess',
          records: 'return',
          fields: { code: 'a', label: 'b' },
        },
      },
    );
    source.close();
    source = testSource(contract, server.wsdl);
    expect(await source.check(signal)).toEqual({
      operations: 1,
      signedIn: null,
      problems: [
        'readings.definitions.period: the WSDL has no operation getSitess; did you mean getSites?',
        'readings.sites: getSites has no parameter codePeriode; did you mean codesPeriode?',
      ],
    });
    source.close();
    const parameters = { codesPeriode: 'x', debut: '{{page.offset?}}', nombre: '{{page.limit?}}' };
    const page = { limit: 9, whenNeeded: true };
    const paged = testContract({}, { sites: { ...SITES, parameters, page } });
    source = testSource(paged, server.wsdl);
    expect((await source.check(signal)).problems[0]).toBe(
      'readings.sites: getSites has no parameter debut, so it cannot be asked for in pages: take page and its parameters away',
    );
    source.close();
    source = testSource(contract, server.wsdl);
    const error = await errorOf(readAll(source, partOf('definitions.period')));
    expect(error).toMatchObject({ kind: 'contract_mismatch' });
    expect(error.message).toContain('no operation getSitess');
  });
});

describe('sample', () => {
  it('shows records as mapped, the structure of everything, and what is never there', async () => {
    const sample = await source.sample(partOf('sites'), 5, signal);
    expect(sample).toEqual({
      records: 1,
      hasList: true,
      first: [
        {
          ok: true,
          ordinal: 1,
          record: { fields: { code: '1', name: 'Secret', shortName: null }, lists: {} },
        },
      ],
      paths: [
        { path: 'return.*', looksLike: ['structure'], times: 1 },
        { path: 'return.*.codeSite', looksLike: ['0 or 1'], times: 1 },
        { path: 'return.*.nomSite', looksLike: ['text'], times: 1 },
        { path: 'return.*.ouvert', looksLike: ['date JJ/MM/AAAA'], times: 1 },
        { path: 'return.*.salles', looksLike: ['structure'], times: 1 },
        { path: 'return.*.salles.*', looksLike: ['structure'], times: 2 },
        { path: 'return.*.salles.*.n', looksLike: ['0 or 1', 'number'], times: 2 },
      ],
      unseen: [{ field: 'shortName', path: 'abregeSite' }],
    });
  });

  it('takes an only element and several of them for the same list', async () => {
    const rooms = (...names: string[]) =>
      `<site><codeSite>1</codeSite><nomSite>A</nomSite><salles>${names.map((name) => `<salle><n>${name}</n></salle>`).join('')}</salles></site>`;
    server.answerWith(xml(envelope(`<return>${rooms('a', 'b')}${rooms('7')}</return>`)));
    const { paths } = await source.sample(partOf('sites'), 5, signal);
    expect(paths.slice(-3)).toEqual([
      { path: 'return.*.salles', looksLike: ['structure'], times: 2 },
      { path: 'return.*.salles.*', looksLike: ['structure'], times: 3 },
      { path: 'return.*.salles.*.n', looksLike: ['text', 'number'], times: 3 },
    ]);
  });

  it('works before a single path is right', async () => {
    const contract = testContract({}, { sites: { ...SITES, records: 'liste' } });
    source.close();
    source = testSource(contract, server.wsdl);
    const sample = await source.sample(partOf('sites'), 5, signal);
    expect(sample.records).toBe(0);
    expect(sample.paths.map(({ path }) => path)).toContain('return.site.codeSite');
  });
});
