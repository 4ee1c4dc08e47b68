import { endpoint, streamed } from '../../table/endpoint.js';
import { afterQuery, EVENT_STREAM, lastEvent, STREAM_HEADERS } from './last-event.js';

/** Everything that becomes of runs, as it happens. */
export const followAll = endpoint({
  summary: 'Follow all runs',
  description:
    'Server-sent events: `run` and `part`, each with its number as `id`. Send the last number ' +
    'in `Last-Event-ID` to miss none; without it, what comes from now on is sent.',
  query: afterQuery,
  answers: { 200: null },
  media: [EVENT_STREAM],
  handle: async (request, { live, author, reach, stillMay, left }) => {
    const options = { scope: { reach }, after: lastEvent(request), mayFollow: stillMay, left };
    return streamed(live.open(author().by, options), EVENT_STREAM, STREAM_HEADERS);
  },
});
