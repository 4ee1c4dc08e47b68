import { createHash } from 'node:crypto';
import { type Reading, READINGS } from '@passerelle/roster';
import { type PartRequest, type Source, SourceError } from '@passerelle/sync';
import { createCaller } from './caller.js';
import { checkSource, type SourceCheck } from './check.js';
import type { ReadingContract } from './contract/schema.js';
import { mappingOf } from './contract/mapping-of.js';
import { createLoginValidator, type LoginValidator } from './login.js';
import { createPageMemory, piecesOf } from './pages.js';
import { createProbe } from './probe.js';
import { readPart } from './read-part.js';
import { readSample, type SourceSample } from './sample.js';
import { DEFAULT_LIMITS, type SourceOptions } from './source-options.js';
import type { OperationDescription } from './transport/soap-client.js';

/** NetYParéo: what the use cases need of it, and what helps to set it up. */
export interface NetypareoSource extends Source {
  /** Reads the WSDL ahead of the first call that needs it. @throws SourceError, or the signal's reason */
  prepare(signal: AbortSignal): Promise<void>;
  /** The WSDL's operations with what goes in and out. @throws SourceError */
  inspect(): Promise<OperationDescription[]>;
  /** Reaches the WSDL, signs in where that is an operation, compares the contract with the WSDL. */
  check(signal: AbortSignal): Promise<SourceCheck>;
  /** Makes one call; shows the first records as mapped, and the structure of all of it without values. */
  sample(request: PartRequest, limit: number, signal: AbortSignal): Promise<SourceSample>;
  /**
   * Asks NetYParéo whether a login is good.
   * @throws SourceError when it cannot tell
   */
  validateLogin: LoginValidator;
  /** Lets go of the connections. */
  close(): void;
}

/** Builds the source port. The WSDL is read on first use. */
export function createSource(options: SourceOptions): NetypareoSource {
  const { contract } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const caller = createCaller(options, limits);
  const memory = createPageMemory(options.now, digest);
  const today = dayFormatter(options.timeZone ?? 'Europe/Paris', options.now);

  return {
    splitOf: (reading) => {
      const { split = [] } = contract.readings[reading] === 'none' ? {} : readingOf(reading);
      return split;
    },
    piecesOf: (reading) =>
      contract.readings[reading] === 'none'
        ? { byGroup: false, page: null }
        : piecesOf(readingOf(reading)),
    mappingOf: (reading) =>
      contract.readings[reading] === 'none' ? null : mappingOf(readingOf(reading)),
    async readPart(request, onBatch, signal) {
      // A list the server doesn't have, as the contract declares, is empty by right.
      if (contract.readings[request.reading] === 'none')
        return { records: 0, held: 0, declared: 0, total: 0, bytes: 0 };
      const reading = readingOf(request.reading);
      return readPart(caller, reading, request, today(), memory, onBatch, signal);
    },
    probe: createProbe(caller, contract, today),
    prepare: async (signal) => {
      await caller.soap(signal);
    },
    inspect: async () => (await caller.soap(new AbortController().signal)).operations(),
    check: (signal) => checkSource(caller, contract, signal),
    sample: (request, limit, signal) =>
      readSample(caller, readingOf(request.reading), request, today(), limit, signal),
    validateLogin: createLoginValidator(caller, contract.login),
    close: () => caller.close(),
  };

  function readingOf(reading: Reading): ReadingContract {
    const found = contract.readings[reading];
    if (found !== undefined && found !== 'none') return found;
    const known = READINGS.filter((name) => contract.readings[name] !== 'none');
    throw new SourceError(
      'contract_mismatch',
      `The contract "${contract.name}" says that this server has no ${reading}; it has ${known.join(', ')}.`,
      { retryable: false },
    );
  }
}

/** Records are remembered by this alone: nothing of them can be told from it. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** Today's date in a time zone, as `YYYY-MM-DD`. */
function dayFormatter(timeZone: string, now: () => number): () => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  return () => format.format(now());
}
