import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import cookie from '@fastify/cookie';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createBackground } from './background.js';
import { type ApiDeps, type ApiLimits, DEFAULT_LIMITS } from './deps.js';
import { answerClientError } from './hardening/client-errors.js';
import { addHeaders } from './hardening/harden.js';
import { createHostCheck } from './hardening/hosts.js';
import { logRequests } from './hardening/log-requests.js';
import { createRateLimits } from './hardening/rate-limits.js';
import { sessionCookie } from './identity/session-cookie.js';
import { explainListen } from './listen-error.js';
import { registerOpenApi } from './openapi/document.js';
import { explainError } from './problems/explain.js';
import { createLive } from './live/live.js';
import { ProblemError } from './problems/problem-error.js';
import { sendProblem } from './problems/send.js';
import { ROUTES } from './routes.js';
import { callerName, registerRoutes } from './table/register.js';
import type { Route } from './table/route.js';

/** A server that answers. */
export interface RunningApi {
  /** Where it listens: `http://127.0.0.1:8080`. */
  url: string;
  /** Takes no more requests, finishes those under way as far as `shutdownMs` allows, and ends. */
  stop(): Promise<void>;
}

/** The longest reference there is, percent-encoded. */
const PARAM_LENGTH = 4_096;
const BODY_BYTES = 64 * 1_024;
/** A request has so long to arrive. */
const REQUEST_MS = 15_000;
const KEEP_ALIVE_MS = 10_000;
/** A connection on which nothing moves. Event streams send something sooner. */
const CONNECTION_MS = 60_000;

/**
 * Brings the API up.
 * @param routes the table; another one in tests
 * @throws ListenError that says what to do
 */
export async function startApi(
  deps: ApiDeps,
  routes: readonly Route[] = ROUTES,
): Promise<RunningApi> {
  const { listen, sync, shutdownMs } = deps;
  const stopping = new AbortController();
  const background = createBackground(sync.log);
  const settings = { ...DEFAULT_LIMITS, ...deps.limits };
  const app = createServer(listen, settings);
  handleErrors(app, deps);
  await app.register(cookie);
  await addHeaders(app, deps);
  await app.register(rateLimit, { global: false });
  const limits = createRateLimits(app, settings, callerName);
  const checkHost = createHostCheck(listen);
  app.addHook('onRequest', async (request, reply) => {
    checkHost(request.raw);
    if (stopping.signal.aborted) {
      void reply.header('connection', 'close');
      throw new ProblemError('stopping');
    }
    await limits.ofAddress(request);
  });
  logRequests(app, sync.log, callerName);
  await registerOpenApi(app, listen.publicUrl);
  registerRoutes(app, routes, {
    ...{ deps, cookie: sessionCookie(listen.publicUrl), ofCaller: limits.ofCaller },
    ...{ stopping: stopping.signal, inBackground: background.run },
    live: createLive(deps, stopping.signal),
  });
  try {
    await app.listen({ host: listen.host, port: listen.port });
  } catch (error) {
    await app.close();
    throw explainListen(error, listen);
  }
  return {
    url: addressOf(app, listen.host),
    stop: async () => {
      const force = setTimeout(() => app.server.closeAllConnections(), shutdownMs);
      const ended = background.stop(shutdownMs);
      stopping.abort();
      await app.close();
      clearTimeout(force);
      await ended;
    },
  };
}

function createServer(
  { publicUrl, trustedProxies = 'loopback' }: ApiDeps['listen'],
  { handlerMs }: ApiLimits,
): FastifyInstance {
  const app = fastify({
    logger: false,
    // Whoever sends none is told so by us, like whoever sends another's.
    http: { requireHostHeader: false },
    genReqId: () => randomUUID(),
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_LENGTH },
    ...{ requestTimeout: REQUEST_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    connectionTimeout: CONNECTION_MS,
    handlerTimeout: handlerMs,
    // A proxy is only believed where there is one.
    trustProxy: publicUrl === undefined ? false : trustedProxies,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => {
      void sendProblem(request, reply, new ProblemError('invalid-request'));
    },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  return app;
}

/** Whatever is thrown becomes a problem document; what nobody foresaw is logged. */
function handleErrors(app: FastifyInstance, { faultOf, sync }: ApiDeps): void {
  app.setErrorHandler(async (error, request, reply) => {
    const problem = explainError(error, faultOf);
    if (problem.problem === 'unexpected') {
      const route = request.routeOptions.url ?? 'none';
      sync.log.error({ requestId: request.id, route, err: error }, 'request failed');
    }
    return sendProblem(request, reply, problem);
  });
  app.setNotFoundHandler(async (request, reply) =>
    sendProblem(request, reply, new ProblemError('not-found')),
  );
}

function addressOf(app: FastifyInstance, host: string): string {
  const { port } = app.server.address() as AddressInfo; // it listens on a port, not a socket file
  const name = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
