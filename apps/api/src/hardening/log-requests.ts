import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Log } from '@passerelle/sync';

/**
 * One line for each request: what was asked of which route, by whom, and how it
 * went. The address as it was sent is left out: it may name people.
 */
export function logRequests(
  app: FastifyInstance,
  log: Log,
  callerOf: (request: FastifyRequest) => string,
): void {
  app.addHook('onResponse', async (request, reply) => {
    const fields = {
      ...{ requestId: request.id, method: request.method },
      route: request.routeOptions.url ?? 'none',
      ...{ status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      caller: callerOf(request),
    };
    log.info(fields, 'request');
  });
}
