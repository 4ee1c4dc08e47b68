import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NetypareoSource } from './source.js';
import { SITES, STUDENTS, testContract } from './testing/contract.js';
import { envelope, startSoapServer, type TestServer, xml } from './testing/soap-server.js';
import { errorOf, partOf, readAll, testSource } from './testing/source.js';

const parameters = { offset: '{{page.offset?}}', limite: '{{page.limit?}}' };
const page = { limit: 4, minimum: 1, whenNeeded: true };
const counted = { records: 'return.liste', count: 'return.total' };

let server: TestServer;
let source: NetypareoSource;
let clock = Date.parse('2026-11-22T12:00:00Z');

const site = (code: number) =>
  `<site><codeSite>${code}</codeSite><nomSite>S${code}</nomSite></site>`;
const numbers = (length: number) => Array.from({ length }, (_, index) => index + 1);

/** The server's list, and how it hands it out. */
function serve(
  codes: number[],
  how: { ignores?: 'offset' | 'limite' | 'both'; total?: number } = {},
): void {
  server.answerWith((call, response) => {
    const read = (name: 'offset' | 'limite', otherwise: number) =>
      how.ignores === name || how.ignores === 'both'
        ? otherwise
        : Number(new RegExp(`<${name}>(\\d+)`).exec(call.body)?.[1] ?? otherwise);
    const from = read('offset', 0);
    const liste = codes
      .slice(from, from + read('limite', codes.length))
      .map(site)
      .join('');
    const total = how.total ?? codes.length;
    xml(envelope(`<return><liste>${liste}</liste><total>${total}</total></return>`))(
      call,
      response,
    );
  });
}

function useSites(changes: Record<string, unknown> = {}): void {
  const sites = { ...SITES, records: 'return.liste', parameters, page, ...changes };
  source = testSource(testContract({}, { sites }), server.wsdl, { now: () => clock });
}
const read = (offset: number, limit: number, last = false) =>
  readAll(source, partOf('sites', { page: { offset, limit, last } }));
const codesOf = ({ records }: Awaited<ReturnType<typeof read>>) =>
  records.map((record) => record.ok && record.record.fields['code']);

beforeEach(async () => {
  server = await startSoapServer({ operations: { getSites: ['offset', 'limite'] } }, xml(''));
});
afterEach(async () => {
  source.close();
  await server.close();
});

describe('pages when needed', () => {
  it('are not asked for while the list can be had whole', async () => {
    useSites();
    serve(numbers(9));
    const { figures } = await readAll(source, partOf('sites'));
    expect(figures).toMatchObject({ records: 9, held: 9, total: 9 });
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.body).not.toMatch(/offset|limite/);
  });

  it('are one call each, whose records are counted on', async () => {
    useSites();
    serve(numbers(9));
    const second = await read(4, 4);
    expect(codesOf(second)).toEqual(['5', '6', '7', '8']);
    expect(second.records.map(({ ordinal }) => ordinal)).toEqual([5, 6, 7, 8]);
    expect(second.figures).toMatchObject({ records: 4, held: 4, declared: null, total: null });
    expect(server.calls).toHaveLength(1);
    expect(server.calls[0]?.body).toContain('<offset>4</offset><limite>4</limite>');
    expect(codesOf(await read(8, 4, true))).toEqual(['9']);
    expect((await read(12, 4, true)).figures.held).toBe(0);
  });

  it('tell how many records they held, passed over or not', async () => {
    useSites({ where: { path: 'codeSite', oneOf: ['1', '2'] } });
    serve(numbers(9));
    expect((await read(0, 4, true)).figures).toMatchObject({ records: 2, held: 4 });
  });

  it('fit together, whatever the sizes', async () => {
    useSites(counted);
    serve(numbers(11));
    const codes: unknown[] = [];
    for (const [offset, limit] of [
      [0, 4],
      [4, 2],
      [6, 1],
      [7, 4],
    ] as const) {
      codes.push(...codesOf(await read(offset, limit, offset === 7)));
    }
    expect(codes).toEqual(numbers(11).map(String));
  });
});

describe('a page that cannot be right', () => {
  it('holds more than was asked for', async () => {
    useSites();
    serve(numbers(9), { ignores: 'limite' });
    expect(await errorOf(read(0, 4))).toMatchObject({
      ...{ kind: 'contract_mismatch', retryable: false },
      message: expect.stringContaining('4 records were asked for and 9 came') as string,
    });
  });

  it('begins as another one does', async () => {
    useSites();
    serve(numbers(9), { ignores: 'offset' });
    await read(0, 4, true);
    await read(0, 4, true);
    await read(0, 2);
    expect(await errorOf(read(4, 4, true))).toMatchObject({
      ...{ kind: 'contract_mismatch', retryable: false },
      message: expect.stringContaining('it ignores page.offset') as string,
    });
  });

  it('begins as the one before does, for a record that came in between', async () => {
    useSites();
    serve(numbers(9));
    await read(4, 1);
    serve([0, ...numbers(9)]);
    expect(await errorOf(read(5, 1))).toMatchObject({
      ...{ kind: 'overloaded', retryable: true, overload: undefined },
      message: expect.stringContaining('the list changed while it was read') as string,
    });
  });

  it('but another list may, and the same one later', async () => {
    const students = { ...STUDENTS, operation: 'getSites', records: 'return.liste', page };
    const contract = testContract({}, { students: { ...students, parameters, split: [] } });
    source = testSource(contract, server.wsdl, { now: () => clock });
    const learner =
      '<a><codeApprenant>5</codeApprenant><nomApprenant>X</nomApprenant><prenomApprenant>Y</prenomApprenant><adresse><email/></adresse><dateNaissance/><inscriptions/></a>';
    server.answerWith(xml(envelope(`<return><liste>${learner}</liste></return>`)));
    const group = (groupCode: string, offset: number) =>
      readAll(source, partOf('students', { groupCode, page: { offset, limit: 4, last: true } }));
    await group('G1', 0);
    await group('G2', 4);
    clock += 3_600_000;
    expect((await group('G1', 4)).records).toHaveLength(1);
  });

  it('holds another number of records than the count says', async () => {
    useSites(counted);
    serve(numbers(9), { total: 12 });
    expect((await read(0, 4)).figures).toMatchObject({ held: 4, declared: null, total: 12 });
    expect(await errorOf(read(8, 4, true))).toMatchObject({
      ...{ kind: 'overloaded', overload: 'cut_off' },
      message: expect.stringContaining('of which 4 should be on the page from 8 on') as string,
    });
  });

  it('is of a reading that has none', async () => {
    source = testSource(testContract(), server.wsdl);
    expect(await errorOf(read(0, 4))).toMatchObject({ kind: 'contract_mismatch' });
    expect(server.calls).toEqual([]);
  });
});

describe('piecesOf', () => {
  const piecesWith = (changes: Record<string, unknown>) => {
    source?.close();
    useSites(changes);
    return source.piecesOf('sites');
  };

  it('says how finely the contract lets a reading be cut', () => {
    expect(piecesWith({})).toEqual({ byGroup: false, page: { limit: 4, minimum: 1 } });
    const byGroup = { ...parameters, groupe: '{{group.code?}}' };
    expect(piecesWith({ parameters: byGroup, finest: 'group', page: { limit: 7 } })).toEqual({
      byGroup: true,
      page: { limit: 7, minimum: 1 },
    });
    expect(
      piecesWith({ parameters: byGroup, finest: 'group', split: ['group'], page: undefined }),
    ).toEqual({ byGroup: false, page: null });
    expect(source.piecesOf('tutors')).toEqual({ byGroup: false, page: null });
  });

  it('has no pages to be made shorter where the server says how long they are', () => {
    const fixed = { offset: '{{page.offset}}' };
    expect(piecesWith({ parameters: fixed, page: { limit: 4 } }).page).toBeNull();
  });
});
