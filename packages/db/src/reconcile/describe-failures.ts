import type { Failure } from '@passerelle/sync';
import type { EndedPart } from './load-parts.js';

/** Parts named in a sentence; more would not be read. */
const MOST_NAMED = 5;

/**
 * What a run says of itself when some of its parts could not be read: the kind of the first
 * failure, and a sentence that names what is missing.
 */
export function describeFailures(failed: readonly EndedPart[], parts: number): Failure {
  const named = failed.slice(0, MOST_NAMED).map(nameOfPart);
  const more = failed.length - named.length;
  const missing = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
  const cause = failed.find((part) => part.error !== null)?.error;
  return {
    kind: failed[0]?.error_kind ?? 'unknown',
    sentence: `${failed.length} of ${parts} parts could not be read: ${missing}.${cause ? ` ${cause}` : ''}`,
  };
}

/** The failure of a run of which no part could be read: that of its first. */
export function firstFailure(failed: readonly EndedPart[]): Failure {
  return {
    kind: failed[0]?.error_kind ?? 'unknown',
    sentence: failed[0]?.error ?? 'No part of the run could be read.',
  };
}

function nameOfPart(part: EndedPart): string {
  return nameOfScope(part) || part.entity;
}

/** What a part was cut out by: `period 2026, site 2`; empty where it was the whole. */
export function nameOfScope(
  part: Pick<EndedPart, 'period_code' | 'site_code' | 'group_code'>,
): string {
  return [
    part.period_code === null ? null : `period ${part.period_code}`,
    part.site_code === null ? null : `site ${part.site_code}`,
    part.group_code === null ? null : `group ${part.group_code}`,
  ]
    .filter((piece) => piece !== null)
    .join(', ');
}
