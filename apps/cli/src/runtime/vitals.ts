import { mkdir, statfs } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Vitals } from '@passerelle/sync';

const NANOSECONDS_PER_MS = 1e6;

/** Watches how this process fares. */
export interface VitalSigns {
  /** Since the last time it was asked. */
  read(): Promise<Vitals>;
  stop(): void;
}

/** @param dataDir where the free room is looked at */
export function watchVitals(dataDir: string): VitalSigns {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  return {
    read: async () => {
      const p99 = delay.percentile(99);
      delay.reset();
      return {
        eventLoopP99Ms: Number.isFinite(p99) ? Math.round(p99 / NANOSECONDS_PER_MS) : 0,
        rssBytes: process.memoryUsage.rss(),
        diskFreeBytes: await freeBytes(dataDir),
      };
    },
    stop: () => delay.disable(),
  };
}

/** Room on the disk of a directory, which is made if need be; null where it cannot be told. */
export async function freeBytes(directory: string): Promise<number | null> {
  try {
    await mkdir(directory, { recursive: true });
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}
