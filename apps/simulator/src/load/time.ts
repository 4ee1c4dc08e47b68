import { SimulatorUsageError } from '../errors.js';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a length of time: `500ms`, `30s`, `10m`, `1h`, or `0`.
 * @throws SimulatorUsageError
 */
export function parseDuration(text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text.trim()) ?? [];
  const factor = UNIT_MS[unit];
  if (text.trim() === '0') {
    return 0;
  }
  if (factor === undefined) {
    throw new SimulatorUsageError(
      `${text}: expected a time with its unit, such as 500ms, 30s or 10m.`,
    );
  }
  return Math.round(Number(number) * factor);
}
