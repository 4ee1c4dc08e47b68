import { personExportJson, toPersonExportJson } from '@passerelle/sync';
import { endpoint } from '../../table/endpoint.js';
import { exactUserParams, nobody } from './find-user.js';
import { personOf } from './person-of.js';

/** Everything that is kept on a person, as a file; leaves an audit event. */
export const exportUser = endpoint({
  summary: 'Export everything that is kept on a person',
  description: 'Also on somebody who is no longer in the registry. It is written down who did it.',
  params: exactUserParams,
  answers: { 200: personExportJson },
  problems: ['not-found'],
  handle: async ({ params }, { deps, author, now }) => {
    const found = await deps.personal.exportUser(personOf(params.ref), author(), now);
    if (found === null) throw nobody();
    return {
      status: 200 as const,
      body: toPersonExportJson(found, now),
      headers: { 'content-disposition': 'attachment; filename="person.json"' },
    };
  },
});
