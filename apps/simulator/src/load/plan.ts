import { SimulatorUsageError } from '../errors.js';
import { parseDuration } from './time.js';

/** From a time on, so many children. Times are those of a clock that begins with the load. */
export interface CapacityStep {
  atMs: number;
  children: number;
}

/** Steps in the order of their times, the first at 0; null: any number of children, always. */
export type CapacityPlan = readonly CapacityStep[] | null;

const EXPECTED = 'expected a number such as 4, or steps such as 4@0,1@30s,6@90s';

/**
 * Reads `4`, or a plan `4@0,1@30s,6@90s`: four children, after 30 seconds one, after 90 six.
 * @throws SimulatorUsageError naming the text and what was expected
 */
export function parseCapacityPlan(text: string): readonly CapacityStep[] {
  if (/^\d{1,6}$/.test(text.trim())) {
    return [{ atMs: 0, children: Number(text) }];
  }
  const steps = text.split(',').map((step) => parseStep(step, text));
  const isInOrder = steps.every(
    ({ atMs }, index) => index === 0 || atMs > (steps[index - 1]?.atMs ?? atMs),
  );
  if (steps[0]?.atMs !== 0 || !isInOrder) {
    throw new SimulatorUsageError(
      `${text}: ${EXPECTED}; the first step is at 0, and each later than the one before.`,
    );
  }
  return steps;
}

function parseStep(step: string, text: string): CapacityStep {
  const [, children = '', time = ''] = /^\s*(\d{1,6})@(\S+)\s*$/.exec(step) ?? [];
  try {
    if (children !== '') {
      return { atMs: parseDuration(time), children: Number(children) };
    }
  } catch {
    // Told below, with the whole plan.
  }
  throw new SimulatorUsageError(`${text}: ${EXPECTED}; times have a unit (ms, s, m, h).`);
}

/** How many children there are, so many milliseconds after the plan's clock began. */
export function capacityAt(plan: CapacityPlan, sinceMs: number): number {
  return plan === null
    ? Number.POSITIVE_INFINITY
    : (plan.findLast(({ atMs }) => atMs <= sinceMs)?.children ?? 0);
}

/** When the next step comes, on the plan's clock; null when none does. */
export function nextStepMs(plan: CapacityPlan, sinceMs: number): number | null {
  return plan?.find(({ atMs }) => atMs > sinceMs)?.atMs ?? null;
}
