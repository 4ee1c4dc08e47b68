import { readSourceHealth, sourceHealthJson, toSourceHealthJson } from '@passerelle/sync';
import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';

const HOUR_MS = 3_600_000;
/** More of the timeline than anybody reads. */
const MOST_EVENTS = 200;
/** Single calls are kept for a fortnight. */
const MOST_HOURS = 336;

/** How the source fares. */
export const showSourceHealth = endpoint({
  summary: 'Show how NetYParéo fares',
  description:
    'By what the registry knows: the source itself is not asked. How many calls are made at once, ' +
    'calls by outcome, whether it is left alone and until when, what waits, events and advice.',
  query: z.strictObject({
    hours: z
      .string()
      .regex(/^\d{1,3}$/, 'expected a number of hours')
      .transform(Number)
      .pipe(z.int().min(1).max(MOST_HOURS))
      .default(24)
      .describe(`How far calls and events go back: 1 to ${MOST_HOURS}.`),
  }),
  answers: { 200: sourceHealthJson },
  handle: async ({ query }, { deps, now }) => {
    const { hours } = query;
    const health = await readSourceHealth(deps.sync, {
      ...{ sinceMs: hours * HOUR_MS, events: MOST_EVENTS },
    });
    return ok(toSourceHealthJson(health, { at: now, hours }, deps.showTime));
  },
});
