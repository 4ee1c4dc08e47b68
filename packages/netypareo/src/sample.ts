import type { PartRequest, ReadRecord } from '@passerelle/sync';
import type { Caller } from './caller.js';
import type { ReadingContract } from './contract/schema.js';
import { fillParameters } from './contract/template.js';
import { createRecordMapper, type MappedRecord, type NeverFound } from './decode/map-record.js';
import { readingFilter, recordsPath } from './decode/reading-filter.js';
import type { Value } from './decode/tree.js';
import { pageValues } from './pages.js';
import { scopeValues } from './read-part.js';
import { createStructureReader, type SeenPath, type StructureReader } from './structure.js';

/** One call's answer, for whoever writes the contract. */
export interface SourceSample {
  records: number;
  /** The list of records was there, if only as an empty one. */
  hasList: boolean;
  /** The first records, as the contract maps them. */
  first: ReadRecord[];
  /** Everything in the answer that a contract could map. */
  paths: SeenPath[];
  /** What the contract maps and no record has. */
  unseen: NeverFound[];
}

/** @throws SourceError as reading does, but not where only the contract's paths are wrong */
export async function readSample(
  caller: Caller,
  contract: ReadingContract,
  request: PartRequest,
  today: string,
  limit: number,
  signal: AbortSignal,
): Promise<SourceSample> {
  const mapper = createRecordMapper(request.reading, contract);
  const first: ReadRecord[] = [];
  let ordinal = 0;
  const onRecord = (value: Value, key: string) => {
    ordinal++;
    if (!mapper.takes(value)) return;
    const mapped = mapper.map(value, key);
    if (first.length < limit) first.push(shown(mapped, ordinal));
  };
  const page =
    contract.page && !contract.page.whenNeeded
      ? pageValues({ offset: 0, limit: contract.page.limit })
      : {};
  let structure: StructureReader | undefined;
  const answer = await caller.call({
    purpose: 'onDemand',
    operation: contract.operation,
    siteCode: request.scope.siteCode,
    parameters: fillParameters(contract.parameters ?? {}, {
      ...scopeValues(request, today),
      ...page,
    }),
    decoder: () => {
      const filter = readingFilter(contract);
      structure = createStructureReader(caller.newDecoder, filter, recordsPath(contract));
      return structure.beside(caller.newDecoder(filter, onRecord));
    },
    signal,
  });
  if (answer.fault !== null) throw caller.faultError(contract.operation, answer.fault);
  return {
    records: answer.records,
    hasList: answer.hasRecords,
    first,
    paths: structure?.paths() ?? [],
    unseen: answer.records === 0 ? [] : mapper.unseenPaths(),
  };
}

/** Nobody who looks at a sample needs to know a record again. */
function shown(mapped: MappedRecord, ordinal: number): ReadRecord {
  if (mapped.ok) return { ...mapped, ordinal };
  return { ok: false, ordinal, code: mapped.code, problem: mapped.problem };
}
