import { SimulatorUsageError } from '../errors.js';
import type { CentreOptions } from '../shape.js';
import type { Style } from '../wire/style.js';
import type { AuthOptions } from './auth.js';
import { type Fault, parseFault } from './faults.js';

/** How a simulator is started. */
export interface SimulatorOptions {
  centre: CentreOptions;
  /** Default: a free one. */
  port?: number | undefined;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default `literal`. */
  style?: Style | undefined;
  /** Calls served at once; beyond it nginx's 502 page. Default: any number. */
  capacity?: number | undefined;
  /** What each call takes before its answer begins. Default 0. */
  latencyMs?: number | undefined;
  faults?: readonly Fault[] | undefined;
  /** Which calls the faults strike. Default: the centre's seed. */
  faultSeed?: number | undefined;
  /** How long a `slow` answer takes. Default 2,000. */
  slowMs?: number | undefined;
  /** Learners without what repeats their codes' labels: 1.6 kB each instead of 3.2. */
  lean?: boolean | undefined;
  /** Rendered answers kept in memory, in bytes. Default 512 MB; 0 renders each anew. */
  prerenderBytes?: number | undefined;
  auth?: AuthOptions | undefined;
  /** Milliseconds, for sessions. Default `Date.now`. */
  now?: (() => number) | undefined;
}

/** What can be changed while it runs (`POST /control`). */
export interface ControlSettings {
  faults: Fault[];
  capacity: number | null;
  latencyMs: number;
  day: number;
  today: string;
}

/** What a control request asks for; `reset` forgets the statistics, `expireSessions` ends sessions. */
export interface ControlRequest extends Partial<ControlSettings> {
  reset?: boolean;
  expireSessions?: boolean;
}

const EXPECTED =
  'Expected JSON with any of faults (a list such as ["truncate:0.1"]), capacity (a number or null), ' +
  'latencyMs, day, today (YYYY-MM-DD), reset and expireSessions (true).';

/** @throws SimulatorUsageError */
export function parseControl(text: string): ControlRequest {
  const json = parseObject(text);
  const request: ControlRequest = {};
  for (const [key, value] of Object.entries(json)) {
    if (key === 'faults' && Array.isArray(value)) {
      request.faults = value.map((fault) => parseFault(String(fault)));
    } else if (key === 'capacity' && value === null) {
      request.capacity = null;
    } else if ((key === 'capacity' || key === 'latencyMs' || key === 'day') && isCount(value)) {
      request[key] = value;
    } else if (key === 'today' && typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value)) {
      request.today = value;
    } else if ((key === 'reset' || key === 'expireSessions') && value === true) {
      request[key] = true;
    } else {
      throw new SimulatorUsageError(`Cannot use "${key}". ${EXPECTED}`);
    }
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

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
