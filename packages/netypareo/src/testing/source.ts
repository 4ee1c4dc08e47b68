import { type Reading, WHOLE_LIST } from '@passerelle/roster';
import type { PartFigures, PartRequest, ReadRecord, Source, SourceError } from '@passerelle/sync';
import type { Contract } from '../contract/schema.js';
import { createSource, type NetypareoSource } from '../source.js';
import type { SourceOptions } from '../source-options.js';
import { createLocalGate } from './local-gate.js';

export function testSource(
  contract: Contract,
  wsdl: string,
  options: Partial<SourceOptions> = {},
): NetypareoSource {
  return createSource({
    contract,
    wsdl,
    credentials: {},
    gate: createLocalGate(2),
    now: () => Date.parse('2026-11-22T12:00:00Z'),
    log: { debug: () => {}, warn: () => {} },
    ...options,
  });
}

export const partOf = (
  reading: Reading,
  scope: Partial<PartRequest['scope']> = {},
): PartRequest => ({
  reading,
  scope: { ...WHOLE_LIST, ...scope },
  period: null,
});

/** Reads a part and keeps everything. */
export async function readAll(
  source: Source,
  request: PartRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ records: ReadRecord[]; figures: PartFigures }> {
  const records: ReadRecord[] = [];
  const figures = await source.readPart(
    request,
    (batch) => {
      records.push(...batch);
      return Promise.resolve();
    },
    signal,
  );
  return { records, figures };
}

/** The error that a promise must end with. */
export async function errorOf(promise: Promise<unknown>): Promise<SourceError> {
  try {
    await promise;
  } catch (error) {
    return error as SourceError;
  }
  throw new Error('it should have failed');
}
