import { z } from 'zod';
import type { TypedRequest } from '../../table/endpoint.js';

const number = z.string().regex(/^\d{1,18}$/, 'expected the number of an event');

/** Where a stream is to go on: by the header of a browser that comes back, or by hand. */
export const afterQuery = z.strictObject({
  after: number.optional().describe('As the header Last-Event-ID, where that cannot be set.'),
});

/** The last event that was received; null: none, or the header says nothing that we ever gave. */
export function lastEvent({
  query,
  headers,
}: Pick<TypedRequest<unknown, z.output<typeof afterQuery>, unknown>, 'query' | 'headers'>):
  | string
  | null {
  const sent = number.safeParse(headers['last-event-id']);
  return sent.success ? sent.data : (query.after ?? null);
}

export const EVENT_STREAM = 'text/event-stream';

/** Nothing between here and the browser is to keep events back. */
export const STREAM_HEADERS = { 'x-accel-buffering': 'no' };
