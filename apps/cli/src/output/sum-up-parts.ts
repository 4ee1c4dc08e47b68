import type { Run, RunPart } from '@passerelle/sync';
import { counted, showCount } from './format.js';

/**
 * `3 parts, 1 set aside, 2 rejected records`. A record that several parts brought is one,
 * as in the run's own figures; before its end nobody knows which are the same.
 */
export function sumUpParts(
  { endedAt, counts }: Pick<Run, 'endedAt' | 'counts'>,
  parts: readonly Pick<RunPart, 'state' | 'rejected'>[],
): string {
  const inState = (state: RunPart['state']): number =>
    parts.filter((part) => part.state === state).length;
  const soFar = parts.reduce((sum, part) => sum + part.rejected, 0);
  const [split, setAside] = [inState('split'), inState('set_aside')];
  return [
    counted(parts.length, 'part'),
    ...(split === 0 ? [] : [`${showCount(split)} asked for in pieces`]),
    ...(setAside === 0 ? [] : [`${showCount(setAside)} set aside`]),
    counted(endedAt === null ? soFar : counts.rejected, 'rejected record'),
  ].join(', ');
}
