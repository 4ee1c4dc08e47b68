import { CAPABILITIES, type Capability, endOfDay, ONE_LINE } from '@passerelle/roster';
import { InvalidArgumentError } from 'commander';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { unknownName } from '../suggest.js';

const PREFIX = 'auth/netypareo:';

/** A capability, also without its prefix, or `all`; added to those given before. */
export function capabilities(text: string, others: readonly Capability[] = []): Capability[] {
  if (text === 'all') return [...CAPABILITIES];
  const full = text.startsWith(PREFIX) ? text : `${PREFIX}${text}`;
  const found = CAPABILITIES.find((known) => known === full);
  if (found !== undefined) return [...new Set([...others, found])];
  const short = CAPABILITIES.map((known) => known.slice(PREFIX.length));
  const name = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  throw new InvalidArgumentError(unknownName('capability', name, ['all', ...short]));
}

/** A text that is kept and shown: a reason, a name. */
export function oneLine(text: string): string {
  if (ONE_LINE.test(text)) return text;
  throw new InvalidArgumentError('Expected one line, without control characters.');
}

/** One capability, to select by. */
export function oneCapability(text: string): Capability {
  const [found, ...others] = capabilities(text);
  if (found !== undefined && others.length === 0) return found;
  throw new InvalidArgumentError('Name one capability.');
}

/** Codes of sites, in the order given. */
export function siteCodes(text: string, others: readonly string[] = []): string[] {
  return [...new Set([...others, text])];
}

/** A day, as `2027-06-30`. */
export function day(text: string): string {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text));
  if (isDay && new Date(text).toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError('Expected a day, such as 2027-06-30.');
}

/** When something that holds until a day, that day included, is over; null: never. */
export function endOf({ config }: Pick<Context, 'config'>, until: string | undefined): Date | null {
  return until === undefined ? null : endOfDay(until, config.timeZone);
}

/** @throws UsageError with the nearest code, if the site is not there */
export function unknownSite(code: string, known: readonly string[]): UsageError {
  return known.length === 0
    ? new UsageError('No site is known yet: "passerelle tasks run sync_sites" reads them.')
    : new UsageError(unknownName('site', code, known));
}
