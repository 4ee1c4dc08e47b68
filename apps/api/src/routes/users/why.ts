import { leavingDates } from '@passerelle/roster';
import { explainUser, toWhyJson, whyJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { visibleLinks } from '../visible-links.js';
import { findUser, nobody, userParams } from './find-user.js';

/** Why a person is in the registry as they are; the source is not called. */
export const explainUserRoute = endpoint({
  summary: 'Explain each field and link of a person',
  description: 'For each: the path that it is taken from, the rule, and the run that set it.',
  params: userParams,
  answers: { 200: whyJson },
  problems: ['not-found', 'ambiguous-user'],
  handle: async ({ params }, { deps, reach }) => {
    const { kind, code } = await findUser(deps.users, params.ref, reach);
    const { plans, sync, places } = deps;
    const reasons = await explainUser({ plans, source: sync.source }, kind, code);
    if (reasons === null) throw nobody();
    const links = await visibleLinks(places, `${kind}:${code}`, reasons.links, reach);
    const isProtected = reasons.protection !== null;
    const dates = leavingDates({ ...reasons, isProtected }, sync.leaving);
    return ok(toWhyJson({ ...reasons, links }, dates));
  },
});
