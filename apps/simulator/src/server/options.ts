import { type CapacityPlan, parseCapacityPlan } from '../load/plan.js';
import type { FpmSettings } from '../load/settings.js';
import type { CentreOptions } from '../shape.js';
import type { Style } from '../wire/style.js';
import type { AuthOptions } from './auth.js';
import type { OutageKind } from './failures.js';
import type { Fault } from './faults.js';

/** How the simulated server bears load; the model's settings, any of them. */
export type LoadOptions = {
  [Name in Exclude<keyof FpmSettings, 'capacity' | 'seed'>]?: FpmSettings[Name] | undefined;
} & {
  /** Calls served at once, or a plan; beyond it nginx's 502 page. Default: any number. */
  capacity?: number | CapacityPlan | undefined;
};

/** How a simulator is started. */
export interface SimulatorOptions extends LoadOptions {
  centre: CentreOptions;
  /** Default: a free one. */
  port?: number | undefined;
  /** Default 127.0.0.1. */
  host?: string | undefined;
  /** Default `literal`. */
  style?: Style | undefined;
  /** What an outage looks like. Default `502`. */
  outageKind?: OutageKind | undefined;
  faults?: readonly Fault[] | undefined;
  /** Which calls the faults strike, and how long each takes. Default: the centre's seed. */
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

const LOAD_NAMES = [
  ...['capacity', 'backlog', 'latencyMs', 'jitter', 'slowdown', 'bytesPerSecond'],
  ...['segfaultAboveBytes', 'maxAnswerBytes', 'respawnMs', 'timeLimitMs', 'maintenance', 'outage'],
] as const;

/** The model's settings among the options, those that were given. */
export function loadSettingsOf(options: LoadOptions): Partial<FpmSettings> {
  const { capacity } = options;
  const given = Object.fromEntries(
    Object.entries(options).filter(
      ([name, value]) => LOAD_NAMES.some((known) => known === name) && value !== undefined,
    ),
  ) as Partial<FpmSettings>;
  return typeof capacity === 'number'
    ? { ...given, capacity: parseCapacityPlan(String(capacity)) }
    : given;
}
