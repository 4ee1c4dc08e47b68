import { z } from 'zod';
import { endpoint, ok } from '../../table/endpoint.js';

/** Whether the process answers, whatever is behind it. */
export const live = endpoint({
  summary: 'Whether the process answers',
  answers: { 200: z.strictObject({ status: z.literal('live') }) },
  handle: async () => ok({ status: 'live' as const }),
});
