import { reaches, TASK_NAMES } from '@passerelle/roster';
import {
  type BulkRetryScope,
  bulkRetryJson,
  requestBulkRetry,
  toBulkRetryJson,
} from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { ProblemError } from '../../problems/problem-error.js';
import { code, instant, reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';
import { withPatientQueue } from '../runs/make-run.js';

/** Longer ago than runs are kept by default helps nobody. */
const LONGEST_MS = 400 * 86_400_000;

const body = z.strictObject({
  since: instant,
  until: instant.optional().describe('Now, by default.'),
  task: z.enum(TASK_NAMES).optional(),
  site: code.optional().describe('Only runs limited to this site.'),
  reason: reason.optional(),
});
type Body = z.output<typeof body>;

/** Retries everything that went wrong in an interval. */
export const createRetry = endpoint({
  summary: 'Retry what went wrong in an interval',
  description:
    'The failed and partial runs that ended in it, one after the other, paced by how the source ' +
    'fares. Of several runs of the same task and site the last is retried, and none that a later ' +
    'one made good. A caller who may do so for a site only must name it.',
  body,
  answers: { 202: bulkRetryJson },
  problems: ['not-found'],
  idempotent: true,
  handle: async ({ body: asked }, scope) => {
    const made = await requestBulkRetry(
      withPatientQueue(scope),
      scopeOf(asked, scope),
      scope.author(asked.reason ?? null),
      scope.requestKey ?? undefined,
    );
    if (made.outcome === 'key_reused') throw new ProblemError('idempotency-key-reused');
    const { bulkRetry } = made;
    return {
      status: 202 as const,
      body: toBulkRetryJson(bulkRetry),
      headers: {
        location: `/api/v1/retries/${bulkRetry.id}`,
        ...(made.outcome === 'replayed' ? { 'idempotency-replayed': 'true' } : {}),
      },
    };
  },
});

function scopeOf({ since, until: end, task, site }: Body, { reach, now }: Scope): BulkRetryScope {
  const until = end ?? now;
  if (since >= until || until.getTime() - since.getTime() > LONGEST_MS) {
    const errors = [
      { path: 'body.since', message: 'expected a time before `until`, 400 days at most' },
    ];
    throw new ProblemError('invalid-request', { members: { errors } });
  }
  if (site === undefined && reach !== 'everywhere') {
    throw new ProblemError('not-allowed', {
      detail: 'Your right holds for some sites only: name one of them in `site`.',
      members: { capability: 'auth/netypareo:sync', where: 'everywhere' },
    });
  }
  if (site !== undefined && !reaches(reach, site)) throw notFound(`There is no site ${site}.`);
  return {
    ...{ since, until },
    ...(task === undefined ? {} : { task }),
    ...(site === undefined ? {} : { siteCode: site }),
  };
}
