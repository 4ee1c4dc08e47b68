import { createFpmModel, type FpmSettings } from '@passerelle/simulator';
import {
  claimProbe,
  claimRetry,
  initialState,
  judge,
  type Overload,
  type OverloadSettings,
  type SourceEvent,
  type SourceState,
} from '@passerelle/sync';

/** How a sync in simulated time went. */
export interface SimulatedSync {
  /** From the first call to the end of the last, in simulated milliseconds. */
  ms: number;
  calls: number;
  /** Calls that met overload, and those of them after the first minute. */
  failed: number;
  failedLate: number;
  probes: number;
  maxInFlight: number;
  events: { at: number; event: SourceEvent }[];
}

interface Call {
  tries: number;
  isProbe: boolean;
  inFlight: number;
  startedAt: number;
}

const FIRST_MINUTE_MS = 60_000;
const PROBE = { purpose: 'probe', operation: 'getPeriodes', siteCode: null } as const;
const READING = { purpose: 'reading', operation: 'getApprenants', siteCode: null } as const;

/**
 * A sync of so many calls against the simulator's model of PHP-FPM, in simulated
 * time: the rules of overload control are the product's, the gate around them is
 * as small as can be (a free permit is taken at once).
 *
 * @param random uniform in [0, 1)
 * @param fails whether a call meets a 502 whatever the server bears
 */
export function simulateSync(
  server: Partial<FpmSettings>,
  calls: number,
  settings: OverloadSettings,
  random: () => number,
  fails: () => boolean = () => false,
): SimulatedSync {
  const model = createFpmModel(server);
  const result: SimulatedSync = {
    ...{ ms: 0, calls: 0, failed: 0, failedLate: 0, probes: 0, maxInFlight: 0, events: [] },
  };
  let state: SourceState = initialState(settings);
  let now = 0;
  const progress = { done: 0 };
  const waiting = Array.from({ length: calls }, () => ({ at: 0, tries: 0 }));
  const live = new Map<number, Call>();

  const begin = (call: Omit<Call, 'inFlight' | 'startedAt'>): void => {
    const begun = { ...call, inFlight: live.size + 1, startedAt: now };
    result.calls += 1;
    result.maxInFlight = Math.max(result.maxInFlight, live.size + 1);
    const arrival = model.arrive(now, {
      operation: call.isProbe ? 'validerLogin' : 'getApprenants',
    });
    if (arrival.taken) live.set(arrival.id, begun);
    else {
      const retryAfterMs =
        'retryAfterSeconds' in arrival ? arrival.retryAfterSeconds * 1000 : undefined;
      end(begun, arrival.why === 'maintenance' ? 'http_503' : 'http_502', retryAfterMs);
    }
  };
  const end = (call: Call, overload: Overload | null, retryAfterMs?: number): void => {
    const { inFlight, startedAt, isProbe, tries } = call;
    const judged = judge(
      state,
      { call: isProbe ? PROBE : READING, inFlight, startedAt, overload, retryAfterMs },
      ...([settings, now, random] as const),
    );
    state = judged.state;
    result.events.push(...judged.events.map((event) => ({ at: now, event })));
    if (overload !== null && !isProbe) {
      result.failed += 1;
      if (now > FIRST_MINUTE_MS) result.failedLate += 1;
      const retry = claimRetry(state, settings, tries + 1, now, random);
      state = retry.state;
      waiting.push({ at: now + retry.result, tries: tries + 1 });
    } else if (!isProbe) progress.done += 1;
  };
  const fill = (): void => {
    for (;;) {
      if (state.breaker.restingSince !== null) {
        const claim = claimProbe(state, settings, now);
        state = claim.state;
        if (!claim.result) return;
        result.probes += 1;
        begin({ tries: 0, isProbe: true });
        continue;
      }
      const next = waiting.findIndex(({ at }) => at <= now);
      if (next < 0 || live.size >= Math.min(state.limit.current, settings.limit.max)) return;
      const [{ tries } = { tries: 0 }] = waiting.splice(next, 1);
      begin({ tries, isProbe: false });
    }
  };
  while (progress.done < calls) {
    fill();
    const rests = state.breaker.restingSince === null ? [] : [state.breaker.probeAt];
    const times = [
      ...rests,
      ...waiting.map(({ at }) => at).filter((at) => at > now),
      model.nextEventMs() ?? Number.POSITIVE_INFINITY,
    ].filter((at) => at > now || model.nextEventMs() === at);
    now = Math.max(now, Math.min(...times));
    for (const { id, outcome } of model.advance(now)) {
      const call = live.get(id);
      if (call === undefined) continue;
      live.delete(id);
      if (outcome === 'done') end(call, fails() ? 'http_502' : null);
      else end(call, outcome === 'timedOut' ? 'http_504' : 'http_502');
    }
  }
  return { ...result, ms: now };
}
