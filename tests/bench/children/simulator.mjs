// The simulator in a process of its own, with every answer rendered beforehand unless
// it is slow on purpose.
import http from 'node:http';
import { passwordOf, startSimulator } from '@passerelle/simulator';
import { askFor } from './envelope.mjs';
import { serve } from './serve.mjs';

const PRERENDER_BYTES = 8 * 1024 ** 3;
const SEED = 1;

let simulator;

serve({ start, control: (request) => simulator.control(request), stats: () => simulator.stats() });

/**
 * Serves a centre with learners only, two enrolments each, evenly over its groups.
 * `load`: how it bears load; then nothing is rendered beforehand, as that would be calls.
 */
async function start({ learners, groups, today, lean, load }) {
  simulator = await startSimulator({
    centre: {
      ...{ today, seed: SEED, learners, groups, enrolments: 2 },
      ...{ teachers: 0, tutors: 0, continuingGroups: 0, formerLearners: 0 },
    },
    ...{ prerenderBytes: PRERENDER_BYTES, lean, ...load },
  });
  const centre = simulator.centre();
  const [, period] = centre.periods;
  const parts = centre.groups
    .filter((group) => group.periodCode === period.code && group.kind === 'initial')
    .map((group) => ({ period: period.code, group: String(group.code) }));
  const endpoint = `${simulator.url}/ws`;
  const served = { wsdl: simulator.wsdlUrl, endpoint, parts, account: accountOf(centre) };
  if (load !== undefined) return served;
  let bytes = 0;
  for (const part of parts) bytes += await render(endpoint, part);
  return { ...served, bytes };
}

/** Somebody who may log in. */
function accountOf(centre) {
  for (const { login, present } of centre.learners) {
    if (present && login !== null) return { username: login, password: passwordOf(centre, login) };
  }
  throw new Error('Nobody at this centre has a login.');
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
