import { actorOf } from '@passerelle/sync';
import { reachOf } from '@passerelle/roster';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../deps.js';
import type { RateLimit } from '../hardening/rate-limits.js';
import { type Identity, identify } from '../identity/identify.js';
import type { SessionCookie } from '../identity/session-cookie.js';
import { stillMay } from '../identity/still-may.js';
import type { Live } from '../live/live.js';
import { ProblemError } from '../problems/problem-error.js';
import { requestKeyOf } from '../request-key.js';
import { BODY_OPTIONAL } from '../openapi/optional-bodies.js';
import { problemsOf } from './problems-of.js';
import { problemAnswers } from '../problems/problem-json.js';
import type { AnyReply, Endpoint } from './endpoint.js';
import type { Method, Route } from './route.js';
import type { Scope } from './scope.js';

/** What the registrar needs beside the table. */
export interface RegistrarDeps {
  deps: ApiDeps;
  cookie: SessionCookie;
  ofCaller: RateLimit;
  /** Aborted when the server stops. */
  stopping: AbortSignal;
  inBackground: Scope['inBackground'];
  live: Live;
}

/** Who calls, found before the body is read. */
const identities = new WeakMap<FastifyRequest, Identity>();

/** What the log and the limits call whoever calls. */
export function callerName(request: FastifyRequest): string {
  const caller = identities.get(request)?.caller ?? null;
  return caller === null ? 'nobody' : actorOf(caller);
}

/**
 * Makes the routes of the table. There is no other way to a handler: each is
 * behind the question who calls and whether the route is for them.
 */
export function registerRoutes(
  app: FastifyInstance,
  routes: readonly Route[],
  registrar: RegistrarDeps,
): void {
  for (const line of routes) registerRoute(app, line, registrar);
  for (const url of new Set(routes.map((line) => line.url))) {
    const methods = routes.filter((line) => line.url === url).map(({ method }) => method);
    refuseOtherMethods(app, url, methods);
  }
}

function registerRoute(app: FastifyInstance, line: Route, registrar: RegistrarDeps): void {
  const { method, url, access, endpoint } = line;
  app.route({
    ...{ method, url },
    schema: schemaOf(line),
    // An answer that goes on and on is not too slow.
    ...(endpoint.media === undefined ? {} : { handlerTimeout: LONGEST_MS }),
    onRequest: async (request, reply) => {
      const { deps, cookie } = registrar;
      const identity = await identify(deps, cookie, access, request, reply);
      identities.set(request, identity);
      if (identity.caller !== null) await registrar.ofCaller(request);
    },
    handler: async (request, reply) => {
      const identity = identities.get(request);
      if (identity === undefined) throw new Error('A route was reached without asking who calls.');
      const { params, query, body, headers } = request;
      const scope = scopeOf(registrar, line, identity, { request, reply });
      const work = (): Promise<AnyReply> =>
        endpoint.handle({ params, query, body, headers }, scope);
      const { traceRequest } = registrar.deps;
      const traced = traceRequest?.({ method, route: url, headers }, work) ?? work();
      return send(reply, await traced);
    },
  });
}

function scopeOf(
  { deps, cookie, stopping, inBackground, live }: RegistrarDeps,
  { access, endpoint }: Route,
  identity: Identity,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Scope {
  const { caller } = identity;
  return {
    ...{ deps, cookie, inBackground, live, ...identity },
    reachOf: (capability) => (caller === null ? [] : reachOf(caller.accesses, capability)),
    author: (reason = null) => {
      if (caller === null) throw new Error('Nobody is known to have done this.');
      return { by: actorOf(caller), reason, from: request.ip };
    },
    from: request.ip,
    // Only made where it is asked for: listeners stay for as long as the request does.
    get left() {
      return untilAnswered(reply);
    },
    get signal() {
      return untilAnswered(reply, stopping);
    },
    stillMay: () => stillMay(deps, access, identity, request.headers.authorization),
    requestId: request.id,
    now: deps.sync.now(),
    requestKey:
      endpoint.idempotent !== true || caller === null
        ? null
        : requestKeyOf(actorOf(caller), request.headers['idempotency-key'], {
            ...{ method: request.method, body: request.body },
            path: request.url.split('?', 1)[0] ?? '',
          }),
  };
}

function send(reply: FastifyReply, answer: AnyReply): FastifyReply {
  for (const [name, value] of Object.entries(answer.headers ?? {})) void reply.header(name, value);
  void reply.code(answer.status);
  if (answer.stream !== undefined) {
    return reply.type(answer.type ?? 'application/octet-stream').send(answer.stream);
  }
  return answer.body === undefined ? reply.send() : reply.send(answer.body);
}

/** Not `request.signal`: that is aborted as soon as the body was read. */
function untilAnswered(reply: FastifyReply, stopping?: AbortSignal): AbortSignal {
  const over = new AbortController();
  const end = (): void => {
    stopping?.removeEventListener('abort', end);
    over.abort();
  };
  reply.raw.once('close', end);
  stopping?.addEventListener('abort', end);
  if (stopping?.aborted === true || reply.raw.destroyed) end();
  return over.signal;
}

/** As long as a timer can be. */
const LONGEST_MS = 2 ** 31 - 1;

const nothing = z.strictObject({});

/** The route's schemas as Fastify and the OpenAPI document take them. */
function schemaOf(line: Route): Record<string, unknown> {
  const { method, url, access, endpoint } = line;
  const { summary, description, params, query = nothing, body, media = [] } = endpoint;
  for (const schema of [params, query, body]) requireStrict(line, schema);
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH' || body !== undefined;
  return {
    ...{ summary, tags: [topicOf(url)], operationId: operationOf(line) },
    description: [description, describeAccess(access)].filter((said) => said).join('\n\n'),
    ...(access === 'public' || access === 'signIn'
      ? {}
      : { security: [{ token: [] }, { session: [] }] }),
    ...(params === undefined ? {} : { params }),
    querystring: query,
    // A body may be left out where all of its fields may; the document is told so.
    ...(hasBody ? { body: z.preprocess((sent) => sent ?? {}, body ?? nothing) } : {}),
    ...(hasBody && (body ?? nothing).safeParse({}).success ? { [BODY_OPTIONAL]: true } : {}),
    ...(endpoint.idempotent === true ? { headers: idempotencyHeaders } : {}),
    response: {
      ...problemAnswers(problemsOf(line)),
      ...answersOf(endpoint, media),
    },
  };
}

const idempotencyHeaders = z.looseObject({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'expected 1 to 200 visible ASCII characters')
    .optional()
    .describe('The same key with the same request is done once; kept for 48 hours.'),
});

/** A field that nobody knows is refused, so that none is taken by mistake. */
function requireStrict({ method, url }: Route, schema: z.ZodType | undefined): void {
  if (schema === undefined) return;
  const { catchall } = schema.def as { catchall?: z.ZodType };
  if (catchall?.def.type === 'never') return;
  throw new Error(`${method} ${url}: params, query and body are to be strict objects.`);
}

function answersOf({ answers }: Endpoint, media: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      const description = DESCRIPTIONS[status] ?? 'Done.';
      // What is streamed instead of sent as JSON is the usual success.
      const types = status === '200' || schema !== null ? media : [];
      if (schema === null && types.length === 0) return [status, z.null().describe(description)];
      const content = Object.fromEntries([
        ...(schema === null ? [] : [['application/json', { schema }]]),
        ...types.map((type) => [type, { schema: z.string() }]),
      ]);
      return [status, { description, content }];
    }),
  );
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'Found.',
  201: 'Made.',
  202: 'Taken on; it goes on after the answer.',
  204: 'Done; there is nothing to say.',
};

function describeAccess(access: Route['access']): string {
  if (access === 'public' || access === 'signIn') return 'For anybody.';
  if (access === 'signedIn') return 'For whoever is signed in or has a token.';
  const names = access.capabilities.map((name) => `\`${name}\``).join(' and ');
  return `Takes ${names}${access.everywhere ? ', everywhere' : ''}.`;
}

/** `/api/v1/runs/:id` is of `runs`. */
function topicOf(url: string): string {
  return url.replace(/^\/api\/v1/, '').split('/')[1] ?? '';
}

function operationOf({ method, url }: Route): string {
  const steps = url
    .replace(/^\/api\/v1/, '')
    .split('/')
    .filter((step) => step !== '');
  return [method.toLowerCase(), ...steps.map((step) => step.replace(/\W+/g, ''))].join('_');
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** What an address does not offer is refused before anything else is looked at. */
function refuseOtherMethods(app: FastifyInstance, url: string, methods: readonly Method[]): void {
  const offered: readonly string[] = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  const others = METHODS.filter((method) => !offered.includes(method));
  const refuse = async (): Promise<never> => {
    throw new ProblemError('method-not-allowed', { headers: { allow: offered.join(', ') } });
  };
  app.route({
    ...{ method: [...others], url, schema: { hide: true } },
    ...{ onRequest: refuse, handler: refuse },
  });
}
