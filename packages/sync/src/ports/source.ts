import type { PartScope, Pieces, Reading, SourceRecord, SplitDimension } from '@passerelle/roster';

/**
 * What went wrong with a call to the source. `retryable` says whether the same
 * call may succeed when made again.
 */
export type SourceErrorKind =
  | 'overloaded' // 502, 503, 504, reset, empty 200, cut off
  | 'timeout'
  | 'refused_sign_in'
  | 'soap_fault'
  | 'not_xml' // an HTML page, or no document at all
  | 'unreadable' // one record breaks the whole answer: illegal byte, bad UTF-8, malformed
  | 'resting' // the call was not made: the source rests after overload, or is not to be read now
  | 'too_large' // one of our own limits on depth, text or bytes
  | 'contract_mismatch'
  | 'unreachable'; // name not resolved, connection refused, no WSDL

/**
 * Signs that the server has too much to do, or is away (facts/operations.md,
 * "Overload control"). A SOAP fault or a refused sign-in is none.
 */
export const OVERLOADS = [
  'http_429',
  'http_500',
  'http_502',
  'http_503',
  'http_504',
  'reset',
  'cut_off',
  'empty',
  'timeout',
  'refused_connection',
  'html_page',
] as const;
export type Overload = (typeof OVERLOADS)[number];

/** A read that did not arrive whole. Never to be taken for an empty one. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly kind: SourceErrorKind;
  readonly retryable: boolean;
  /** How long the server asked us to stay away (Retry-After), in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** The sign of overload that it is, if it is one. */
  readonly overload: Overload | undefined;
  /** How much of the answer had arrived. */
  readonly bytes: number | undefined;

  /**
   * @param sentence what happened and what an administrator can do about it;
   *   it names operations, paths and counts, never a person's data
   */
  constructor(
    kind: SourceErrorKind,
    sentence: string,
    options: {
      retryable: boolean;
      cause?: unknown;
      retryAfterMs?: number | undefined;
      overload?: Overload | undefined;
      bytes?: number | undefined;
    },
  ) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.retryable = options.retryable;
    this.retryAfterMs = options.retryAfterMs;
    this.overload = options.overload;
    this.bytes = options.bytes;
  }
}

/** One call's worth of reading. */
export interface PartRequest {
  reading: Reading;
  /** Why it is read, for its permits; `reading` if not given. */
  purpose?: 'reading' | 'onDemand';
  scope: PartScope;
  /** Dates of the scope's period, for operations that ask by date range. */
  period: { startsOn: string | null; endsOn: string | null } | null;
}

/** What the contract could not make of one record. */
export interface MappingProblem {
  /** `missing_field`, `bad_date`, `bad_bool`, `bad_int`, `unexpected_shape`. */
  reason: string;
  /** Path in the source's terms, such as `inscriptions.*.dateDepart`. */
  path: string;
  /** A sentence without the value. */
  message: string;
}

/** A record as it came, or what is wrong with it. `ordinal` counts from 1 within the part. */
export type ReadRecord =
  | { ok: true; ordinal: number; record: SourceRecord }
  | {
      ok: false;
      ordinal: number;
      code: string | null;
      problem: MappingProblem;
      /** The same for records that say the same, as far as they could be read. */
      digest?: string;
    };

/** Figures of a part that arrived whole. */
export interface PartFigures {
  records: number;
  /**
   * As many as the answer held, with those that the contract's `where` passes over:
   * an open-ended page that held its limit may not be the last.
   */
  held: number;
  /** The count the answer itself declared, where it did. */
  declared: number | null;
  /** Records of the whole list, of which a page may be a part, where the answer says so. */
  total: number | null;
  bytes: number;
}

/** Where the contract takes a field from. */
export interface FieldOrigin {
  /** In the source's terms, `adresse.email`; of several the first that is not empty counts. */
  paths: readonly string[];
  /** What the contract says instead of a path. */
  constant: string | null;
}

/** Where a reading's fields come from, those of inner lists as `enrolments.groupCode`. */
export interface ReadingMapping {
  operation: string;
  fields: Readonly<Record<string, FieldOrigin>>;
}

/** NetYParéo, as far as the use cases know it. */
export interface Source {
  /** The dimensions by which the contract splits a reading, in order; empty: one call. */
  splitOf(reading: Reading): readonly SplitDimension[];
  /** How finely the contract allows a reading to be cut where it cannot be read otherwise. */
  piecesOf(reading: Reading): Pieces;
  /** Where the contract takes a reading's fields from; null: the server has no such list. */
  mappingOf(reading: Reading): ReadingMapping | null;
  /**
   * Makes one call and hands its records over in batches, waiting for each to
   * be taken (back-pressure). Resolves only if the answer arrived whole.
   * With a page in the scope exactly that page is asked for, and `ordinal` counts
   * on from its offset; without one, an operation that always hands out pages is
   * called for each.
   * @throws SourceError otherwise; what was handed over must then be thrown away
   */
  readPart(
    request: PartRequest,
    onBatch: (records: ReadRecord[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<PartFigures>;
  /**
   * Finds out whether the source answers: one cheap call with the purpose `probe`,
   * whose answer must arrive whole and is thrown away. A SOAP fault is an answer.
   * @throws SourceError if none came
   */
  probe(signal: AbortSignal): Promise<void>;
}
