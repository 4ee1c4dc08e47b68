import type { PartPage } from '@passerelle/roster';
import type { PartFigures, PartRequest, ReadRecord } from '@passerelle/sync';
import { type Batcher, createBatcher } from './batcher.js';
import type { Caller } from './caller.js';
import type { ReadingContract } from './contract/schema.js';
import { fillParameters, type TemplateValues } from './contract/template.js';
import { splitPath } from './decode/filter.js';
import { createRecordMapper, type RecordMapper } from './decode/map-record.js';
import { readingFilter, recordsPath } from './decode/reading-filter.js';
import { ABSENT, lookUp, MISSHAPEN, type Value } from './decode/tree.js';
import { expectedOn, type PageMemory, pageValues } from './pages.js';
import type { CallAnswer } from './transport/call.js';
import { mismatch, overloaded } from './transport/errors.js';

/** Handing more over at once keeps the event loop for longer, and saves nothing (npm run bench, P8). */
const BATCH_RECORDS = 200;
const BATCH_BYTES = 4 * 1024 * 1024;

/** One reading of one part, under way. */
interface PartReading {
  caller: Caller;
  contract: ReadingContract;
  request: PartRequest;
  mapper: RecordMapper;
  batcher: Batcher<ReadRecord>;
  values: TemplateValues;
  signal: AbortSignal;
  /** Calls made so far. */
  calls: number;
}

/**
 * Reads one part: one call; of a part that is no page, where the server always
 * hands out pages, one for each. Records are handed over while the answer is still
 * arriving.
 *
 * @throws SourceError if anything of it did not arrive whole; see {@link Caller.call}
 */
export async function readPart(
  caller: Caller,
  contract: ReadingContract,
  request: PartRequest,
  today: string,
  memory: PageMemory,
  onBatch: (records: ReadRecord[]) => Promise<void>,
  signal: AbortSignal,
): Promise<PartFigures> {
  const reading: PartReading = {
    caller,
    contract,
    request,
    mapper: createRecordMapper(request.reading, contract),
    batcher: createBatcher(onBatch, BATCH_RECORDS, BATCH_BYTES),
    values: scopeValues(request, today),
    signal,
    calls: 0,
  };
  const figures = await readFigures(reading, memory);
  checkFound(reading, figures.held);
  await reading.batcher.finish();
  return { ...figures, records: reading.batcher.added() };
}

type Figures = Omit<PartFigures, 'records'>;

function readFigures(reading: PartReading, memory: PageMemory): Promise<Figures> {
  const { contract, request } = reading;
  const { page } = request.scope;
  if (page !== null) return readPage(reading, page, memory);
  if (contract.page && !contract.page.whenNeeded) return readPages(reading, contract.page.limit);
  return readWhole(reading);
}

/** The values of a part's placeholders. */
export function scopeValues({ scope, period }: PartRequest, today: string): TemplateValues {
  return {
    'period.code': scope.periodCode,
    'period.startsOn': period?.startsOn,
    'period.endsOn': period?.endsOn,
    'site.code': scope.siteCode,
    'group.code': scope.groupCode,
    today,
  };
}

async function readWhole(reading: PartReading): Promise<Figures> {
  const { records: held, bytes, declared, values } = await readAnswer(reading, {}, 0);
  const total = countIn(reading, values);
  checkCount(reading, total, held);
  return { held, declared: total ?? declared, total: total ?? held, bytes };
}

/** One page of a part that was cut into pages: exactly one call. */
async function readPage(
  reading: PartReading,
  page: PartPage,
  memory: PageMemory,
): Promise<Figures> {
  const { contract, request } = reading;
  const { operation } = contract;
  if (contract.page === undefined) {
    throw mismatch(operation, 'a page of it is to be read, but it has no "page"');
  }
  const answer = await readAnswer(reading, pageValues(page), page.offset);
  const { records: held, bytes, declared, values } = answer;
  if (held > page.limit) {
    throw mismatch(
      operation,
      `${page.limit} records were asked for and ${held} came; it ignores page.limit`,
    );
  }
  memory.check(operation, listOf(request), page, answer.first);
  const total = countIn(reading, values);
  checkPageCount(reading, page, total, held);
  return { held, declared, total, bytes };
}

/** The list that a page is of, as a text. */
function listOf({ scope: { periodCode, siteCode, groupCode } }: PartRequest): string {
  return JSON.stringify([periodCode, siteCode, groupCode]);
}

/** Asks for pages until one is empty, or until as many records came as the answer counts. */
async function readPages(reading: PartReading, limit: number): Promise<Figures> {
  let records = 0;
  let bytes = 0;
  let previous: ReadAnswer | undefined;
  let counted: number | null | undefined;
  for (;;) {
    const page = pageValues({ offset: records, limit });
    const answer = await readAnswer(reading, page, records);
    bytes += answer.bytes;
    records += answer.records;
    const count = countIn(reading, answer.values);
    checkUnchanged(reading, counted, count);
    counted = count;
    if (answer.records === 0 || (count !== null && records >= count)) {
      checkCount(reading, count, records);
      return { held: records, declared: count, total: count ?? records, bytes };
    }
    if (answer.first === previous?.first) {
      throw mismatch(
        reading.contract.operation,
        'two pages begin with the same record; it ignores page.offset',
      );
    }
    previous = answer;
  }
}

/** A record that came or went between two pages has moved another one past the offset. */
function checkUnchanged(
  { contract }: PartReading,
  before: number | null | undefined,
  count: number | null,
): void {
  if (before === undefined || before === count) return;
  throw overloaded(
    contract.operation,
    `the answer counts ${before} records at ${contract.count} on one page and ${count} on the next, so the list changed while it was read`,
    null,
  );
}

interface ReadAnswer extends CallAnswer {
  /** The first record as it came, whether the reading takes it or not. */
  first: string | undefined;
}

async function readAnswer(
  reading: PartReading,
  page: TemplateValues,
  before: number,
): Promise<ReadAnswer> {
  const { caller, contract, request, mapper, batcher, values, signal } = reading;
  const { operation } = contract;
  let first: string | undefined;
  let ordinal = before;
  const onRecord = (value: Value, key: string) => {
    ordinal++;
    if (contract.page) first ??= JSON.stringify([key, value]);
    if (!mapper.takes(value)) return;
    batcher.add({ ...mapper.map(value, key), ordinal });
  };
  const filter = readingFilter(contract);
  const purpose = request.purpose ?? 'reading';
  const opensPart = purpose === 'reading' && reading.calls === 0;
  reading.calls += 1;
  const answer = await caller.call({
    purpose,
    opensPart,
    operation,
    siteCode: request.scope.siteCode,
    parameters: fillParameters(contract.parameters ?? {}, { ...values, ...page }),
    decoder: () => caller.newDecoder(filter, onRecord),
    afterChunk: (bytes) => batcher.flushIfDue(bytes),
    signal,
  });
  if (answer.fault !== null) throw caller.faultError(operation, answer.fault);
  if (!answer.hasRecords && !mayBeAbsent(contract)) {
    throw mismatch(operation, `there is no list at ${recordsPath(contract)}`);
  }
  return { ...answer, first };
}

function mayBeAbsent({ records }: ReadingContract): boolean {
  return typeof records !== 'string' && records.mayBeAbsent === true;
}

function countIn({ contract }: PartReading, values: Value): number | null {
  if (contract.count === undefined) return null;
  const found = lookUp(values, splitPath(contract.count));
  if (
    found === ABSENT ||
    found === MISSHAPEN ||
    typeof found !== 'string' ||
    !/^\s*\d+\s*$/.test(found)
  ) {
    throw mismatch(contract.operation, `there is no whole number at ${contract.count}`);
  }
  return Number(found);
}

function checkCount({ contract }: PartReading, count: number | null, records: number): void {
  if (count === null || count === records) return;
  throw overloaded(
    contract.operation,
    `the answer counts ${count} records at ${contract.count} but holds ${records}, so it did not arrive whole`,
    'cut_off',
  );
}

function checkPageCount(
  { contract }: PartReading,
  page: PartPage,
  total: number | null,
  held: number,
): void {
  const expected = expectedOn(page, total);
  if (expected === null || expected === held) return;
  throw overloaded(
    contract.operation,
    `the answer counts ${total} records at ${contract.count}, of which ${expected} should be on the page from ${page.offset} on, but holds ${held}, so it did not arrive whole`,
    'cut_off',
  );
}

/** A required path that no record has is the contract's fault, not that of each record; likewise what is wrong with all. */
function checkFound({ contract, mapper, batcher }: PartReading, records: number): void {
  if (batcher.added() === 0) return;
  const [first] = mapper.neverFound();
  if (first !== undefined) {
    throw mismatch(
      contract.operation,
      `${first.field} should be at ${first.path}, which none of ${records} records has`,
    );
  }
  const common = mapper.commonProblem();
  if (common !== null) {
    const what = common.message.replace(/\.$/, '');
    throw mismatch(contract.operation, `in each of ${batcher.added()} records ${what}`);
  }
}
