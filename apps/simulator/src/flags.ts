import { isIsoDate } from './dates.js';
import { parseBadBytes } from './bad-byte.js';
import { SimulatorUsageError } from './errors.js';
import { parseCapacityPlan } from './load/plan.js';
import { parseWindows } from './load/windows.js';
import { hashText } from './random.js';
import { OUTAGE_KINDS, type OutageKind } from './server/failures.js';
import { parseFault } from './server/faults.js';
import type { LoadOptions, SimulatorOptions } from './server/options.js';
import type { CentreOptions } from './shape.js';
import { type Style, STYLES } from './wire/style.js';

/** The flags of `passerelle simulator` as a command line gives them. */
export interface SimulatorFlags {
  learners?: string | undefined;
  seed?: string | undefined;
  port?: string | undefined;
  day?: string | undefined;
  /** `YYYY-MM-DD`. */
  today?: string | undefined;
  style?: string | undefined;
  canary?: boolean | undefined;
  capacity?: string | undefined;
  latency?: string | undefined;
  backlog?: string | undefined;
  jitter?: string | undefined;
  slowdown?: string | undefined;
  bytesPerSecond?: string | undefined;
  segfaultAbove?: string | undefined;
  maxAnswer?: string | undefined;
  respawn?: string | undefined;
  timeLimit?: string | undefined;
  maintenance?: string | undefined;
  outage?: string | undefined;
  outageKind?: string | undefined;
  badByte?: string | undefined;
  fault?: readonly string[] | undefined;
  /** Sizes that otherwise follow from the number of learners. */
  sites?: string | undefined;
  groups?: string | undefined;
  continuingGroups?: string | undefined;
  enrolments?: string | undefined;
  badRecords?: string | undefined;
  lean?: boolean | undefined;
  /** Megabytes. */
  prerender?: string | undefined;
}

/**
 * Reads the flags.
 * @param today the day taken when `--today` is not given
 * @throws SimulatorUsageError naming the flag and what was expected
 */
export function parseSimulatorFlags(flags: SimulatorFlags, today: string): SimulatorOptions {
  return {
    centre: parseCentre(flags, today),
    port: count('--port', flags.port, 0, 65_535),
    style: parseStyle(flags.style),
    ...parseLoad(flags),
    outageKind: parseOutageKind(flags.outageKind),
    faults: (flags.fault ?? []).map(parseFault),
    lean: flags.lean ?? false,
    prerenderBytes: megabytes(flags.prerender),
  };
}

function parseLoad(flags: SimulatorFlags): LoadOptions {
  const { capacity } = flags;
  const isNumber = capacity === undefined || /^\d+$/.test(capacity);
  return {
    capacity: isNumber
      ? count('--capacity', capacity, 1)
      : named('--capacity', capacity, parseCapacityPlan),
    backlog: count('--backlog', flags.backlog),
    latencyMs: count('--latency', flags.latency),
    jitter: share('--jitter', flags.jitter),
    slowdown: share('--slowdown', flags.slowdown),
    bytesPerSecond: count('--bytes-per-second', flags.bytesPerSecond, 1),
    segfaultAboveBytes: count('--segfault-above', flags.segfaultAbove, 1),
    maxAnswerBytes: count('--max-answer', flags.maxAnswer, 1),
    respawnMs: count('--respawn', flags.respawn),
    timeLimitMs: count('--time-limit', flags.timeLimit, 1),
    maintenance: named('--maintenance', flags.maintenance, parseWindows),
    outage: named('--outage', flags.outage, parseWindows),
  };
}

/** Reads a value by its own parser; what is wrong is told with the flag's name. */
function named<T>(
  flag: string,
  text: string | undefined,
  parse: (text: string) => T,
): T | undefined {
  try {
    return text === undefined ? undefined : parse(text);
  } catch (error) {
    if (!(error instanceof SimulatorUsageError)) throw error;
    throw new SimulatorUsageError(`${flag} ${error.message}`);
  }
}

function share(flag: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d{1,3}(\.\d{1,6})?$/.test(text)) {
    throw new SimulatorUsageError(`${flag} ${text}: expected a number such as 0.3.`);
  }
  return text === undefined ? undefined : Number(text);
}

function parseOutageKind(text: string | undefined): OutageKind | undefined {
  const kind = OUTAGE_KINDS.find((known) => known === text);
  if (text !== undefined && kind === undefined) {
    throw new SimulatorUsageError(`--outage-kind ${text}: expected ${OUTAGE_KINDS.join(' or ')}.`);
  }
  return kind;
}

function parseCentre(flags: SimulatorFlags, today: string): CentreOptions {
  return {
    today: parseToday(flags.today ?? today),
    seed: parseSeed(flags.seed),
    day: count('--day', flags.day, 0, 3_650),
    learners: count('--learners', flags.learners, 0, 500_000),
    sites: count('--sites', flags.sites, 1, 1_000),
    groups: count('--groups', flags.groups, 1, 90_000),
    continuingGroups: count('--continuing-groups', flags.continuingGroups, 0, 90_000),
    enrolments: count('--enrolments', flags.enrolments, 1, 10),
    badRecords: count('--bad-records', flags.badRecords),
    badByte: named('--bad-byte', flags.badByte, parseBadBytes),
    canary: flags.canary ?? false,
  };
}

function count(
  flag: string,
  text: string | undefined,
  min = 0,
  max = 1_000_000_000,
): number | undefined {
  if (text === undefined) {
    return undefined;
  }
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new SimulatorUsageError(
      `${flag} ${text}: expected a whole number from ${min} to ${max}.`,
    );
  }
  return value;
}

function megabytes(text: string | undefined): number | undefined {
  const value = count('--prerender', text, 0, 100_000);
  return value === undefined ? undefined : value * 1024 * 1024;
}

/** A number as it is; any other text by its hash. */
function parseSeed(text: string | undefined): number | undefined {
  return text === undefined ? undefined : /^\d{1,9}$/.test(text) ? Number(text) : hashText(text);
}

function parseToday(text: string): string {
  if (!isIsoDate(text)) {
    throw new SimulatorUsageError(`--today ${text}: expected a date such as 2026-11-22.`);
  }
  return text;
}

function parseStyle(text: string | undefined): Style | undefined {
  if (text === undefined) {
    return undefined;
  }
  const style = STYLES.find((name) => name === text);
  if (style === undefined) {
    throw new SimulatorUsageError(`--style ${text}: expected ${STYLES.join(' or ')}.`);
  }
  return style;
}
