import { takeGrant } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { ProblemError } from '../../problems/problem-error.js';
import { id, reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import { callerOf } from '../caller-of.js';

/** Takes a right away. */
export const removeGrant = endpoint({
  summary: 'Take a right away',
  description: 'The last person who may grant everywhere cannot lose that right.',
  params: z.strictObject({ id }),
  body: z.strictObject({ reason: reason.optional() }),
  answers: { 204: null },
  problems: ['not-found', 'last-grantor'],
  handle: async ({ params, body }, scope) => {
    const { grants, tokens, sync } = scope.deps;
    const author = scope.author(body.reason);
    const deps = { grants, tokens, now: sync.now };
    const { outcome } = await takeGrant(deps, params.id, callerOf(scope), author);
    if (outcome === 'last_holder') throw new ProblemError('last-grantor');
    if (outcome !== 'done') throw notFound(`There is no right ${params.id}.`);
    return { status: 204 as const };
  },
});
