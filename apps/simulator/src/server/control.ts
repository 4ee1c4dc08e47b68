import { SimulatorUsageError } from '../errors.js';
import { parseBadBytes } from '../bad-byte.js';
import { parseCapacityPlan } from '../load/plan.js';
import { parseWindows } from '../load/windows.js';
import type { BadByte } from '../shape.js';
import { OUTAGE_KINDS, type OutageKind } from './failures.js';
import { type Fault, parseFault } from './faults.js';
import type { LoadOptions } from './options.js';

/** What can be changed while it runs (`POST /control`). */
export interface ControlRequest extends LoadOptions {
  faults?: Fault[];
  day?: number;
  today?: string;
  badByte?: BadByte | readonly BadByte[] | null;
  outageKind?: OutageKind;
  /** Forgets the statistics. */
  reset?: boolean;
  /** Ends all sessions. */
  expireSessions?: boolean;
  /** Lets the times of plans count from now, rather than from the next bulk call. */
  startClocks?: boolean;
}

/** Reads one value; undefined when it is not of the form expected. */
type Reader = (value: unknown) => ControlRequest | undefined;

const count =
  (name: 'backlog' | 'day' | 'latencyMs' | 'respawnMs' | 'timeLimitMs'): Reader =>
  (value) =>
    isCount(value) ? { [name]: value } : undefined;
const share =
  (name: 'jitter' | 'slowdown'): Reader =>
  (value) =>
    typeof value === 'number' && value >= 0 ? { [name]: value } : undefined;
const bound =
  (name: 'bytesPerSecond' | 'segfaultAboveBytes' | 'maxAnswerBytes'): Reader =>
  (value) =>
    value === null || (isCount(value) && value > 0) ? { [name]: value } : undefined;
const windows =
  (name: 'maintenance' | 'outage'): Reader =>
  (value) => {
    if (value === null) return { [name]: [] };
    return typeof value === 'string' ? { [name]: parseWindows(value) } : undefined;
  };
const order =
  (name: 'reset' | 'expireSessions' | 'startClocks'): Reader =>
  (value) =>
    value === true ? { [name]: true } : undefined;

const READERS: Readonly<Record<string, readonly [expected: string, read: Reader]>> = {
  faults: ['a list such as ["truncate:0.1"]', readFaults],
  capacity: ['a number, a plan such as "4@0,1@30s,6@90s", or null', readCapacity],
  backlog: ['a number', count('backlog')],
  latencyMs: ['a number', count('latencyMs')],
  jitter: ['a number such as 0.3', share('jitter')],
  slowdown: ['a share such as 0.1', share('slowdown')],
  bytesPerSecond: ['a number or null', bound('bytesPerSecond')],
  segfaultAboveBytes: ['a number or null', bound('segfaultAboveBytes')],
  maxAnswerBytes: ['a number or null', bound('maxAnswerBytes')],
  respawnMs: ['a number', count('respawnMs')],
  timeLimitMs: ['a number', count('timeLimitMs')],
  maintenance: ['windows such as "10s-70s", or null', windows('maintenance')],
  outage: ['windows such as "0-10m", or null', windows('outage')],
  outageKind: [OUTAGE_KINDS.join(' or '), readOutageKind],
  badByte: ['CODE, CODE:control or CODE:utf8, several with commas between, or null', readBadByte],
  day: ['a number', count('day')],
  today: ['YYYY-MM-DD', readToday],
  reset: ['true', order('reset')],
  expireSessions: ['true', order('expireSessions')],
  startClocks: ['true', order('startClocks')],
};

const EXPECTED = `Expected JSON with any of ${Object.entries(READERS)
  .map(([name, [expected]]) => `${name} (${expected})`)
  .join(', ')}.`;

/**
 * Reads what `POST /control` is sent.
 * @throws SimulatorUsageError that names the setting and what was expected of it
 */
export function parseControl(text: string): ControlRequest {
  const request: ControlRequest = {};
  for (const [name, value] of Object.entries(parseObject(text))) {
    const [expected, read] = READERS[name] ?? [];
    if (expected === undefined || read === undefined) {
      throw new SimulatorUsageError(`There is no "${name}". ${EXPECTED}`);
    }
    const part = read(value);
    if (part === undefined) {
      throw new SimulatorUsageError(`Cannot use this as ${name}: expected ${expected}.`);
    }
    Object.assign(request, part);
  }
  return request;
}

function parseObject(text: string): object {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) {
      return json;
    }
  } catch {
    // Told below, like any other wrong form.
  }
  throw new SimulatorUsageError(EXPECTED);
}

function readFaults(value: unknown): ControlRequest | undefined {
  return Array.isArray(value)
    ? { faults: value.map((fault) => parseFault(String(fault))) }
    : undefined;
}

function readCapacity(value: unknown): ControlRequest | undefined {
  if (value === null || isCount(value)) {
    return { capacity: value };
  }
  return typeof value === 'string' ? { capacity: parseCapacityPlan(value) } : undefined;
}

function readOutageKind(value: unknown): ControlRequest | undefined {
  const kind = OUTAGE_KINDS.find((known) => known === value);
  return kind === undefined ? undefined : { outageKind: kind };
}

function readBadByte(value: unknown): ControlRequest | undefined {
  if (value === null) {
    return { badByte: null };
  }
  return typeof value === 'string' || isCount(value)
    ? { badByte: parseBadBytes(String(value)) }
    : undefined;
}

function readToday(value: unknown): ControlRequest | undefined {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)
    ? { today: value }
    : undefined;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
