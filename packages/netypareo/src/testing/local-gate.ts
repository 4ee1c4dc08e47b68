import type { SourceCall, SourceGate } from '@passerelle/sync';
import pLimit from 'p-limit';

/** A gate of this process alone, which writes down what passes. */
export interface LocalGate extends SourceGate {
  passed: (SourceCall & { bytes: number | 'failed' })[];
  /** Calls under way now, and the most there ever were. */
  inFlight(): number;
  most(): number;
}

export function createLocalGate(maxCalls: number): LocalGate {
  const limit = pLimit(maxCalls);
  const passed: LocalGate['passed'] = [];
  let most = 0;
  return {
    passed,
    inFlight: () => limit.activeCount,
    most: () => most,
    pass: (call, work, signal, bytesOf = () => 0) =>
      limit(async () => {
        signal.throwIfAborted();
        most = Math.max(most, limit.activeCount);
        const record: LocalGate['passed'][number] = { ...call, bytes: 'failed' };
        passed.push(record);
        const result = await work(signal);
        record.bytes = bytesOf(result);
        return result;
      }),
  };
}
