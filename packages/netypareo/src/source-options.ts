import type { SourceGate } from '@passerelle/sync';
import type { Contract } from './contract/schema.js';

/** The part of a pino logger that is used here. */
export interface SourceLog {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Bounds on what an answer may be; whatever passes one fails its part. */
export interface SourceLimits {
  /** For a whole call, not counting the time the caller takes for its batches. */
  timeoutMs: number;
  /** Between two pieces of an answer that has begun; `timeoutMs` if not given. */
  idleTimeoutMs?: number;
  maxResponseBytes: number;
  maxXmlDepth: number;
  /** Longest text of one element. */
  maxTextBytes: number;
}

/** Sane bounds: a learner weighs 1 to 5 kB, the largest list known 36 MB (facts/netypareo.md). */
export const DEFAULT_LIMITS: SourceLimits = {
  timeoutMs: 120_000,
  maxResponseBytes: 512 * 1024 * 1024,
  maxXmlDepth: 64,
  maxTextBytes: 256 * 1024,
};

export interface SourceOptions {
  contract: Contract;
  /** URL or file. */
  wsdl: string;
  /** Where calls go, instead of the WSDL's own address. */
  endpoint?: string | undefined;
  credentials: {
    username?: string | undefined;
    password?: string | undefined;
    token?: string | undefined;
  };
  limits?: Partial<SourceLimits>;
  /** What every call must pass, sign-ins and downloads of the WSDL included. */
  gate: SourceGate;
  /** Where WSDLs are kept for the day the source is down; undefined: nowhere. */
  cacheDir?: string | undefined;
  /** In which `{{today}}` is a day; Europe/Paris by default. */
  timeZone?: string;
  /** The current time, in milliseconds since 1970. */
  now: () => number;
  log: SourceLog;
}
