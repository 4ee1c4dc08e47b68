// Loaded into a worker by `node --import`, so that the product itself needs no
// hook: tells of its event loop and of the memory it took at most.
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { serve } from './serve.mjs';

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let cpuBefore = process.cpuUsage();

serve(
  {
    /** Forgets the event-loop delays and the processor time so far. */
    begin() {
      delay.reset();
      cpuBefore = process.cpuUsage();
    },
    read: () => ({
      /** Milliseconds between ticks that should come every 10. */
      delayP99Ms: delay.percentile(99) / 1e6,
      delayMaxMs: delay.max / 1e6,
      peakMb: peakBytes() / 1e6,
      cpuSeconds: cpuSince(cpuBefore),
    }),
  },
  { isGuest: true },
);

/** The largest resident size of this process. `maxRSS` may hold that of the one it was forked from. */
function peakBytes() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kilobytes) * 1024;
}

function cpuSince(earlier) {
  const { user, system } = process.cpuUsage(earlier);
  return (user + system) / 1e6;
}
