import { type IncomingMessage, request as httpRequest } from 'node:http';
import { type ApiDeps, csrfTokenOf, mintSessionSecret } from '@passerelle/api';
import { CAPABILITIES } from '@passerelle/roster';
import type { LoginOutcome, LoginPerson } from '@passerelle/sync';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { amount, IS_FULL } from '../../reliability/support/amount.js';
import { createTestApi, type TestApi } from '../../support/api.js';
import { eachBackend } from '../../support/backends.js';
import { createCluster, type TestCluster } from '../../support/cluster.js';
import {
  type Operation,
  requestArbitrary,
  type TestRequest,
} from '../../support/request-arbitrary.js';
import type { JsonSchema, Known } from '../../support/schema-arbitrary.js';
import { fillTwoSites, insertPeople } from './two-sites.js';

const REQUESTS = amount({ sample: 480, full: 10_000 });
const SEED = Number(process.env.RELIABILITY_SEED ?? '1');
/** No more are shown: one cause has many. */
const MOST_SHOWN = 5;

/** What takes a secret that nobody has, or something that is under way at that moment. */
const SELDOM_DONE = [
  'POST /api/v1/setup',
  'POST /api/v1/runs/{id}/cancel',
  'DELETE /api/v1/retries/{id}',
];

type Headers = Readonly<Record<string, string | string[]>>;
interface DocumentedRoute {
  name: string;
  operation: Operation & { responses: Readonly<Record<string, { content?: object }>> };
  requests: TestRequest[];
}
interface Received {
  status: number;
  /** Without its parameters. */
  type: string;
  text: string;
}

// What is put on the queue waits there, so that one backend shows all.
eachBackend(
  'whatever is sent to the API',
  (backend) => {
    let cluster: TestCluster;
    let api: TestApi;
    let callers: Callers;

    beforeAll(async () => {
      cluster = await createCluster(backend);
      await fill(cluster);
      api = await createTestApi({
        cluster,
        deps: { logins: fickle(await insertSomebody(cluster)) },
      });
      callers = createCallers(api);
    });
    afterAll(async () => {
      await api.dispose();
      await cluster.dispose();
    });

    it(
      'is answered as documented, and never by breaking',
      async () => {
        const document = (await api.ask('GET', '/openapi.json')).json;
        const check = createCheck(document);
        const known = await knownTexts(cluster);
        const routes = documentedRoutes(document, known);
        const who = fc.sample(fc.constantFrom(...CALLERS), { numRuns: REQUESTS, seed: SEED });
        const wrong: unknown[] = [];
        const done = new Set<string>();
        let successes = 0;

        for (const [index, caller] of who.entries()) {
          const route = routes[index % routes.length];
          const request = route?.requests[Math.floor(index / routes.length)];
          if (route === undefined || request === undefined) throw new Error('There are too few.');
          const answer = await send(api.url, request, await callers.headersOf(caller));
          if (answer.status === 401) callers.forget(caller);
          if (answer.status < 300) {
            successes += 1;
            done.add(route.name);
          }
          const complaint = check(route, answer);
          if (complaint === null) continue;
          const { status, type, text } = answer;
          const received = { status, type, text: text.slice(0, 2_000) };
          wrong.push({ complaint, caller, request: shorten(request), received });
          if (wrong.length === MOST_SHOWN) break;
        }

        expect(wrong).toEqual([]);
        // Otherwise nothing was tried but refusals.
        expect(successes).toBeGreaterThan(REQUESTS / 6);
        const untried = routes.map(({ name }) => name).filter((name) => !done.has(name));
        if (IS_FULL) expect(SELDOM_DONE).toEqual(expect.arrayContaining(untried));
      },
      IS_FULL ? 600_000 : 30_000,
    );
  },
  ['postgres'],
);

const CALLERS = [
  ...['everything', 'everything', 'everything', 'everything', 'one site', 'one site'],
  ...['session', 'session without CSRF token', 'wrong token', 'no token', 'nobody'],
] as const;
type CallerName = (typeof CALLERS)[number];
interface Callers {
  headersOf(name: CallerName): Promise<Headers>;
  /** Whoever was not known may have been shut out. */
  forget(name: CallerName): void;
}

/** Who calls. Whoever was shut out by a request before comes again with another token. */
function createCallers(api: TestApi): Callers {
  const held = new Map<string, Headers>();
  const sites: Partial<Record<CallerName, readonly string[]>> = {
    everything: [],
    'one site': ['A'],
  };
  const make = async (name: CallerName): Promise<Headers> => {
    const siteCodes = sites[name];
    if (siteCodes !== undefined) {
      return { authorization: `Bearer ${await api.token(CAPABILITIES, siteCodes)}` };
    }
    const { hash, value } = mintSessionSecret();
    await api.signIn(
      hash,
      CAPABILITIES.map((capability) => ({ capability, siteCode: null })),
    );
    const cookie = `passerelle_session=${value}`;
    return name === 'session' ? { cookie, 'x-csrf-token': csrfTokenOf(value) } : { cookie };
  };
  return {
    headersOf: async (name) => {
      if (name === 'nobody') return {};
      if (name === 'wrong token') return { authorization: `Bearer psr_1_${'x'.repeat(43)}` };
      if (name === 'no token') return { authorization: 'Bearer \t;é' };
      const headers = held.get(name) ?? (await make(name));
      held.set(name, headers);
      return headers;
    },
    forget: (name) => void held.delete(name),
  };
}

/** As NetYParéo may answer, by the length of the password. */
const fickle = (person: LoginPerson): ApiDeps['logins'] => ({
  validateLogin: async ({ password }) => {
    const answers: LoginOutcome[] = [
      ...[{ outcome: 'valid' as const, person }, { outcome: 'invalid' as const }],
      { outcome: 'throttled' as const, retryAfterSeconds: 3 },
      { outcome: 'unreachable' as const, retryAfterSeconds: 3 },
    ];
    return answers[password.length % answers.length] ?? { outcome: 'invalid' };
  },
  settled: async () => undefined,
});

/** Who may sign in. */
async function insertSomebody({ sql, db, clock }: TestCluster): Promise<LoginPerson> {
  await insertPeople(sql, [{ kind: 'teacher', code: 'ada', lastName: 'Ada', firstName: 'A' }]);
  const { rows } = await sql.query<{ id: number }>("SELECT id FROM users WHERE code = 'ada'");
  const userId = rows[0]?.id ?? 0;
  const grant = { userId, capability: 'auth/netypareo:viewruns', siteCode: null } as const;
  const author = { by: 'cli:test', reason: null, from: null };
  await db.grants.addGrant({ ...grant, expiresAt: null }, author, clock.now);
  return { id: userId, kind: 'teacher', code: 'ada' };
}

/** Something of everything that there is; enough runs that somebody can decide on, or retry. */
async function fill(cluster: TestCluster): Promise<void> {
  const worker = await cluster.startWorker();
  await cluster.runAll();
  await worker.stop();
  await fillTwoSites(cluster.sql);
  await cluster.sql.query(`
    INSERT INTO sync_runs (task, state, trigger, hold_reason, error, queued_at, started_at, ended_at)
      SELECT task, state::run_state, 'schedule', reason, error, at, at, CASE WHEN ended THEN at END
        FROM (VALUES ('sync_students', 'held', 'Removals.', NULL, true),
                     ('sync_tutors', 'held', 'Removals.', NULL, true),
                     ('sync_students', 'failed', NULL, 'The password has expired.', true),
                     ('sync_teachers', 'failed', NULL, 'The password has expired.', true))
          AS t(task, state, reason, error, ended),
             (VALUES (timestamptz '2026-11-20T02:00:00+01:00')) AS night(at),
             generate_series(1, 10)`);
}

const NUMBERS = Array.from({ length: 20 }, (_, place) => String(place + 1));

/** What means something to the server. */
async function knownTexts({ sql }: TestCluster): Promise<Known> {
  const column = async (query: string): Promise<string[]> =>
    (await sql.query<{ said: string }>(query)).rows.map(({ said }) => said);
  const people = await column(
    "SELECT kind || ':' || code AS said FROM users ORDER BY id % 7, id LIMIT 60",
  );
  const groups = await column("SELECT kind || ':' || code AS said FROM groups LIMIT 10");
  const sites = await column('SELECT code AS said FROM sites');
  const runs = await column('SELECT id::text AS said FROM sync_runs');
  const moments = ['2026-11-19T00:00:00Z', '2026-11-20T23:00:00Z'];
  return {
    ...{ user: people, ref: [...people, ...groups], group: groups, site: sites, sites },
    ...{ code: sites, since: moments.slice(0, 1), until: moments.slice(1) },
    ...{ minute: ['*/5', 'R'], hour: ['*', '2'], day: ['*'], month: ['*'], weekday: ['*', '1-5'] },
    ...{ search: ['le', 'a'], limit: ['1', '50', '200'], runs, id: NUMBERS, reason: ['asked for'] },
    expiresAt: ['2027-01-01T00:00:00Z'],
  };
}

/** The `id` of an address is that of its topic. */
function knownOf(path: string, known: Known): Known {
  const topic = path.split('/')[3] ?? '';
  return { ...known, id: known[topic] ?? known.id ?? [] };
}

const schemaShape = z.custom<JsonSchema>((value) => typeof value === 'object' && value !== null);
const operationShape = z.looseObject({
  parameters: z
    .array(
      z.looseObject({
        ...{ name: z.string(), in: z.string(), schema: schemaShape },
        required: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
  requestBody: z
    .looseObject({
      required: z.boolean(),
      content: z.record(z.string(), z.looseObject({ schema: schemaShape })),
    })
    .exactOptional(),
  responses: z.record(z.string(), z.looseObject({ content: z.looseObject({}).exactOptional() })),
});
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
});

function documentedRoutes(document: unknown, known: Known): DocumentedRoute[] {
  const operations = Object.entries(documentShape.parse(document).paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const numRuns = Math.ceil(REQUESTS / operations.length);
  return operations.map(({ path, method, operation }, place) => {
    const requests = requestArbitrary(method.toUpperCase(), path, operation, knownOf(path, known));
    return {
      ...{ name: `${method.toUpperCase()} ${path}`, operation },
      requests: fc.sample(requests, { numRuns, seed: SEED * 1_000 + place }),
    };
  });
}

/** Says what is wrong with an answer; null: it is as documented. */
function createCheck(
  document: unknown,
): (route: DocumentedRoute, answer: Received) => string | null {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: false });
  formats.default(ajv);
  ajv.addSchema(document as object, 'openapi');
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (...steps: readonly string[]): ValidateFunction => {
    const pointer = steps.map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    const known =
      validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${encodeURI(pointer)}` });
    validators.set(pointer, known);
    return known;
  };
  return ({ name, operation }, { status, type, text }) => {
    const documented = operation.responses[status];
    if (documented === undefined) return `The status ${status} is not documented.`;
    const types = Object.keys(documented.content ?? {});
    if (types.length === 0) return text === '' ? null : 'There is no such body documented.';
    if (!types.includes(type)) return `The type ${type} is not documented.`;
    const [method = '', path = ''] = name.split(' ');
    const place = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content'];
    if (!/\bjson$/.test(type)) return null;
    const body: unknown = JSON.parse(text);
    const validate = validatorOf(...place, type, 'schema');
    if (!validate(body)) return ajv.errorsText(validate.errors);
    return status < 500 ? null : complaintOfFault(body);
  };
}

/** A server that is well fails only for what is away. */
function complaintOfFault(body: unknown): string | null {
  const { type } = body as { type?: string };
  return type === 'urn:passerelle:problem:source-unreachable' ? null : 'It broke.';
}

async function send(
  url: string,
  { method, path, headers, body }: TestRequest,
  own: Headers,
): Promise<Received> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = httpRequest({
      ...{ hostname, port, method, path, agent: false },
      headers: { ...headers, ...own, ...length },
    });
    sent
      .once('response', resolve)
      .once('error', reject)
      .end(body ?? undefined);
  });
  const [type = ''] = (answer.headers['content-type'] ?? '').split(';', 1);
  const status = answer.statusCode ?? 0;
  // Events go on and on: that they begin is enough.
  if (type === 'text/event-stream') {
    answer.once('error', () => undefined).destroy();
    return { status, type, text: '' };
  }
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(chunk as Buffer);
  } catch {
    return { status: 0, type, text: `The answer of ${status} broke off.` };
  }
  return { status, type, text: Buffer.concat(chunks).toString() };
}

function shorten(request: TestRequest): TestRequest {
  const { body } = request;
  return {
    ...request,
    body: body === null || body.length < 2_000 ? body : `${body.slice(0, 2_000)}…`,
  };
}
