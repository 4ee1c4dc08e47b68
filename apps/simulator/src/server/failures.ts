import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../load/fpm-model.js';
import type { Rng } from '../random.js';
import type { Verdict } from './load-model.js';
import { breakOff, sendNginxPage } from './respond.js';

/** What an outage looks like: nginx's 502 page, or a connection that is reset at once. */
export const OUTAGE_KINDS = ['502', 'reset'] as const;
export type OutageKind = (typeof OUTAGE_KINDS)[number];

/** Turns a request away; the name of its outcome. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Refusal,
  outageKind: OutageKind,
): string {
  request.resume();
  switch (refusal.why) {
    case 'capacity':
      sendNginxPage(response, 502);
      return 'capacity502';
    case 'outage':
      return sendOutage(response, outageKind);
    case 'maintenance':
      sendNginxPage(response, 503, { 'retry-after': String(refusal.retryAfterSeconds) });
      return 'maintenance503';
  }
}

function sendOutage(response: ServerResponse, outageKind: OutageKind): string {
  if (outageKind === '502') {
    sendNginxPage(response, 502);
    return 'outage502';
  }
  response.socket?.resetAndDestroy();
  return 'outageReset';
}

const PAGES = { crashed: 'segfault502', tooBig: 'tooBig502' } as const;
const RESETS = { crashed: 'segfaultReset', tooBig: 'tooBigReset' } as const;

/** Ends a call whose child came to an end; the name of its outcome. */
export async function sendFailure(
  response: ServerResponse,
  { how, midBody }: Extract<Verdict, { outcome: 'fail' }>,
  outageKind: OutageKind,
  body: () => Buffer,
  rng: Rng,
): Promise<string> {
  switch (how) {
    case 'timedOut':
      sendNginxPage(response, 504);
      return 'timeout504';
    case 'outage':
      return sendOutage(response, outageKind);
    case 'crashed':
    case 'tooBig':
      if (midBody) {
        await breakOff(response, body(), rng);
        return RESETS[how];
      }
      sendNginxPage(response, 502);
      return PAGES[how];
  }
}
