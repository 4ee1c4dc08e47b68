import { ACTIVE_RUN_STATES } from '@passerelle/roster';
import { endpoint, streamed } from '../../table/endpoint.js';
import { findRun, runParams } from '../runs/find-run.js';
import { afterQuery, EVENT_STREAM, lastEvent, STREAM_HEADERS } from './last-event.js';

const MAY_GO_ON: readonly string[] = [...ACTIVE_RUN_STATES, 'held'];

/** What becomes of one run, until it ends. */
export const followRun = endpoint({
  summary: 'Follow a run',
  description:
    'Server-sent events: `run` and `part`, each with its number as `id`, and `end` when the run ' +
    'has ended. Without `Last-Event-ID` they begin with the run. 204: there is nothing more to ' +
    'come, and browsers do not ask again.',
  params: runParams,
  query: afterQuery,
  answers: { 200: null, 204: null },
  media: [EVENT_STREAM],
  problems: ['not-found'],
  handle: async (request, { deps, live, author, reach, stillMay, left }) => {
    const run = await findRun({ deps, reach }, request.params.id);
    const scope = { runId: run.id, reach };
    const after = lastEvent(request) ?? '0';
    const hasEnded = !MAY_GO_ON.includes(run.state);
    if (hasEnded && (await deps.runEvents.after(after, scope, 1)).length === 0) {
      return { status: 204 } as const;
    }
    const options = { scope, after, mayFollow: stillMay, left };
    return streamed(live.open(author().by, options), EVENT_STREAM, STREAM_HEADERS);
  },
});
