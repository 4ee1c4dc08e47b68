import { z } from 'zod';
import { reason } from '../../schemas/fields.js';
import { endpoint } from '../../table/endpoint.js';
import { makeUserRun } from '../runs/make-run.js';
import { answerWithRun, runAnswers, runProblems } from '../runs/run-answer.js';
import { findUser, userParams } from './find-user.js';

/** Reads one person from NetYParéo and applies it, beside whatever run is under way. */
export const syncUser = endpoint({
  summary: 'Read one person from NetYParéo now',
  description:
    'A run like others, done at once beside whatever run of the task is under way. Not found there, the person is not suspended.',
  params: userParams,
  body: z.strictObject({ reason: reason.optional() }),
  answers: runAnswers,
  problems: ['not-found', 'ambiguous-user', ...runProblems],
  idempotent: true,
  handle: async ({ params, body }, scope) => {
    const { deps, reach } = scope;
    const { kind, code } = await findUser(deps.users, params.ref, reach);
    const author = scope.author(body.reason ?? null);
    return answerWithRun(await makeUserRun(scope, { kind, code }, { trigger: 'api', author }));
  },
});
