import { isIsoDate } from './dates.js';
import { SimulatorUsageError } from './errors.js';
import { hashText } from './random.js';
import { parseFault } from './server/faults.js';
import type { SimulatorOptions } from './server/options.js';
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

/** Each flag with its help, for the command that declares them. */
export const SIMULATOR_FLAGS: readonly (readonly [flag: string, help: string])[] = [
  ['--learners <n>', 'how many learners (2000)'],
  ['--seed <s>', 'the same seed makes the same centre (1)'],
  ['--port <p>', 'port to listen on (a free one)'],
  ['--day <n>', 'days of comings and goings that have passed (0)'],
  ['--today <date>', 'the day the dates are about, YYYY-MM-DD (today)'],
  ['--style <style>', `${STYLES.join(' or ')} (literal)`],
  ['--canary', 'mark every person, to search for leaks'],
  ['--capacity <c>', 'calls served at once; beyond it a 502 page (any number)'],
  ['--fault <kind:rate>', 'a way of failing and the share of calls it strikes; repeatable'],
  ['--latency <ms>', 'how long each call takes before its answer begins (0)'],
  ['--sites <n>', 'how many sites (one per 500 learners)'],
  ['--groups <n>', 'how many initial groups (6 for 100 learners)'],
  ['--continuing-groups <n>', 'how many continuing-education groups (2 for 100 learners)'],
  ['--enrolments <n>', 'exactly so many enrolments each (a mixture)'],
  ['--bad-records <n>', 'learners sent without a name (0)'],
  ['--lean', 'learners of half the size, without labels beside their codes'],
  ['--prerender <mb>', 'memory for rendered answers (512)'],
];

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
    capacity: count('--capacity', flags.capacity, 1),
    latencyMs: count('--latency', flags.latency),
    faults: (flags.fault ?? []).map(parseFault),
    lean: flags.lean ?? false,
    prerenderBytes: megabytes(flags.prerender),
  };
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
