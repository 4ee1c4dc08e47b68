import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import { exactUserParams } from './find-user.js';
import { personOf } from './person-of.js';

/** Lets the next run take an erased person up again. */
export const allowUser = endpoint({
  summary: 'Let an erased person be taken up again',
  params: exactUserParams,
  body: z.strictObject({ reason }),
  answers: { 204: null },
  problems: ['not-found'],
  handle: async ({ params, body }, { deps, author, now }) => {
    const warrant = { ...author(), reason: body.reason };
    if (!(await deps.personal.allowUser(personOf(params.ref), warrant, now))) {
      throw notFound('The person was not erased, or is allowed again already.');
    }
    return { status: 204 as const };
  },
});
