import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Whether the process can do its work; while it stops, every route says so by itself. */
export const ready = endpoint({
  summary: 'Whether the process can do its work: database, migrations and queue',
  answers: { 200: z.strictObject({ status: z.literal('ready') }) },
  problems: ['not-ready'],
  handle: async (_request, { deps, signal }) => {
    const missing = await deps.missing(signal);
    if (missing.length === 0) return ok({ status: 'ready' as const });
    throw new ProblemError('not-ready', {
      detail: missing.map(({ sentence }) => sentence).join(' '),
      headers: { 'retry-after': '5' },
      members: { missing: missing.map(({ name }) => name) },
    });
  },
});
