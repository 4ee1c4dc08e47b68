import { toUserJson, userJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { findUser, userParams } from './find-user.js';

/** One person, with memberships, tutors and learners in charge that the caller may see. */
export const showUser = endpoint({
  summary: 'Show a person, with memberships and tutors',
  params: userParams,
  answers: { 200: userJson },
  problems: ['not-found', 'ambiguous-user'],
  handle: async ({ params }, { deps, reach }) =>
    ok(toUserJson(await findUser(deps.users, params.ref, reach))),
});
