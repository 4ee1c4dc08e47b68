import { groupJson, toGroupJson } from '@passerelle/sync';
import { endpoint, ok } from '../../table/endpoint.js';
import { findGroup, groupParams } from './find-group.js';

/** One group. */
export const showGroup = endpoint({
  summary: 'Show a group',
  params: groupParams,
  answers: { 200: groupJson },
  problems: ['not-found'],
  handle: async ({ params }, { deps, reach }) =>
    ok(toGroupJson(await findGroup(deps.places, params.ref, reach))),
});
