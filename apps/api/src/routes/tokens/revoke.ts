import type { Reach } from '@passerelle/roster';
import type { Token } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { id, reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';

/** Ends a token. */
export const revokeToken = endpoint({
  summary: 'Revoke a token, for good',
  params: z.strictObject({ id }),
  body: z.strictObject({ reason: reason.optional() }),
  answers: { 204: null },
  problems: ['not-found'],
  handle: async ({ params, body }, scope) => {
    const { tokens } = scope.deps;
    const token = await tokens.getToken(params.id);
    if (token === null || !isWithin(scope.reach, token)) {
      throw notFound(`There is no token ${params.id}.`);
    }
    await tokens.revokeToken(params.id, scope.author(body.reason), scope.now);
    return { status: 204 as const };
  },
});

function isWithin(reach: Reach, { siteCodes }: Token): boolean {
  if (reach === 'everywhere') return true;
  return siteCodes.length > 0 && siteCodes.every((code) => reach.includes(code));
}
