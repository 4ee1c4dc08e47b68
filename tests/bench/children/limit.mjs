// The limit: what this machine can do at best. One plain script with nothing of
// the product in it: raw SOAP envelopes as strings, saxes, and `unnest … ON CONFLICT`
// statements of 1,000 rows, two in flight while the next are being parsed. For P2 it parses
// with the product's own scanner too, and then that is all it does.
import http from 'node:http';
import pg from 'pg';
import { askFor } from './envelope.mjs';
import { createLearnerParser } from './parse-learners.mjs';
import { createLearnerScanner } from './scan-learners.mjs';
import { serve } from './serve.mjs';
import { openWriter } from './write-rows.mjs';

const DOWNLOADS_AT_ONCE = 4;
const ROWS_PER_STATEMENT = 1_000;
const STATEMENTS_IN_FLIGHT = 2;

serve({ download, parse, parseWithSaxes, sync });

/** Takes every answer and looks at none: how fast the simulator serves. */
async function download({ endpoint, parts }) {
  let bytes = 0;
  const times = await timed(() =>
    readAll(endpoint, parts, () => ({
      takes: 'bytes',
      write: (chunk) => void (bytes += chunk.length),
      end: () => undefined,
    })),
  );
  return { ...times, bytes };
}

/** Downloads and parses into records, which are thrown away; by the product's scanner. */
function parse({ endpoint, parts }) {
  return parseWith(createLearnerScanner, endpoint, parts);
}

/** The same by the limit's parser. */
function parseWithSaxes({ endpoint, parts }) {
  return parseWith(createLearnerParser, endpoint, parts);
}

async function parseWith(createParser, endpoint, parts) {
  let records = 0;
  const times = await timed(() =>
    readAll(endpoint, parts, () => createParser(() => void (records += 1))),
  );
  return { ...times, records };
}

/** Downloads, parses and writes the rows that a first sync ends with. */
async function sync({ endpoint, parts, databaseUrl, today }) {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: STATEMENTS_IN_FLIGHT });
  await warmUp(pool);
  let records = 0;
  const times = await timed(async () => {
    const writer = await openWriter(pool, today);
    const sink = createSink(writer.write);
    await readAll(
      endpoint,
      parts,
      () =>
        createLearnerParser((learner) => {
          records += 1;
          sink.add(learner);
        }),
      sink.room,
    );
    await sink.finish();
    await writer.end();
  });
  await pool.end();
  return { ...times, records };
}

async function warmUp(pool) {
  const each = Array.from({ length: STATEMENTS_IN_FLIGHT }, () => pool.query('SELECT 1'));
  await Promise.all(each);
}

/** Gathers learners into statements; `room` resolves when there is room for more. */
function createSink(write) {
  const inFlight = new Set();
  let batch = [];
  let failure;
  const writeBatch = () => {
    const learners = batch;
    batch = [];
    const writing = write(learners)
      .catch((error) => {
        failure ??= error;
      })
      .finally(() => inFlight.delete(writing));
    inFlight.add(writing);
  };
  return {
    add(learner) {
      batch.push(learner);
      if (batch.length === ROWS_PER_STATEMENT) writeBatch();
    },
    room: () => (inFlight.size > STATEMENTS_IN_FLIGHT ? Promise.race(inFlight) : undefined),
    async finish() {
      if (batch.length > 0) writeBatch();
      while (inFlight.size > 0) await Promise.race(inFlight);
      if (failure !== undefined) throw failure;
    },
  };
}

async function timed(work) {
  const before = performance.now();
  const cpuBefore = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpuBefore);
  const seconds = (performance.now() - before) / 1000;
  return { seconds, cpuSeconds: (user + system) / 1e6 };
}

/** Downloads all parts, some at once, and hands each answer's pieces to a reader of its own. */
async function readAll(endpoint, parts, createReader, room = () => undefined) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: DOWNLOADS_AT_ONCE });
  const waiting = [...parts];
  const readOnes = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      await readOne(endpoint, agent, part, createReader(), room);
    }
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, readOnes));
  agent.destroy();
}

async function readOne(endpoint, agent, part, reader, room) {
  const response = await send(endpoint, agent, part);
  if (response.statusCode !== 200) throw new Error(`The simulator said ${response.statusCode}.`);
  if (reader.takes !== 'bytes') response.setEncoding('utf8');
  for await (const text of response) {
    reader.write(text);
    await room();
  }
  reader.end();
}

function send(endpoint, agent, part) {
  return new Promise((resolve, reject) => {
    const { body, headers } = askFor(part);
    http
      .request(endpoint, { method: 'POST', headers, agent }, resolve)
      .on('error', reject)
      .end(body);
  });
}
