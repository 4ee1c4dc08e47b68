// The simulator in a process of its own, with every answer rendered beforehand.
import http from 'node:http';
import { startSimulator } from '@passerelle/simulator';
import { askFor } from './envelope.mjs';
import { serve } from './serve.mjs';

const PRERENDER_BYTES = 8 * 1024 ** 3;
const SEED = 1;

serve({ start });

/** Serves a centre with learners only, two enrolments each, evenly over its groups. */
async function start({ learners, groups, today, lean }) {
  const simulator = await startSimulator({
    centre: {
      ...{ today, seed: SEED, learners, groups, enrolments: 2 },
      ...{ teachers: 0, tutors: 0, continuingGroups: 0, formerLearners: 0 },
    },
    ...{ prerenderBytes: PRERENDER_BYTES, lean },
  });
  const centre = simulator.centre();
  const [, period] = centre.periods;
  const parts = centre.groups
    .filter((group) => group.periodCode === period.code && group.kind === 'initial')
    .map((group) => ({ period: period.code, group: String(group.code) }));
  const endpoint = `${simulator.url}/ws`;
  let bytes = 0;
  for (const part of parts) bytes += await render(endpoint, part);
  return { wsdl: simulator.wsdlUrl, endpoint, parts, bytes };
}

/** Makes one call to oneself: the answer stays rendered. */
function render(endpoint, part) {
  return new Promise((resolve, reject) => {
    const { body, headers } = askFor(part);
    const request = http.request(endpoint, { method: 'POST', headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    request.on('error', reject).end(body);
  });
}
