import { erasureJson, toErasureJson } from '@passerelle/sync';
import { z } from 'zod';
import { ProblemError } from '../../problems/problem-error.js';
import { reason } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';
import { exactUserParams, nobody } from './find-user.js';
import { personOf } from './person-of.js';

/** Erases a person from every table, at once and for good. */
export const eraseUser = endpoint({
  summary: 'Erase a person',
  description:
    'From every table, in one transaction; it cannot be undone. Their records are set aside from then on. With `preview` nothing is erased: the answer says what would be.',
  params: exactUserParams,
  body: z.strictObject({ reason, preview: z.boolean().default(false) }),
  answers: { 200: erasureJson },
  problems: ['not-found', 'last-grantor'],
  handle: async ({ params, body }, { deps, author, now }) => {
    const person = personOf(params.ref);
    const erasure = body.preview
      ? await deps.personal.previewErasure(person)
      : await deps.personal.eraseUser(person, { ...author(), reason: body.reason }, now);
    if (erasure === null) throw nobody();
    if (erasure === 'last_grantor') throw new ProblemError('last-grantor');
    return ok(toErasureJson(erasure, !body.preview));
  },
});
