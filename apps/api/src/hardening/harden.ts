import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../deps.js';

/** Headers that bind browsers: nothing of an answer is run, framed, guessed at or kept. */
export async function addHeaders(app: FastifyInstance, { listen }: ApiDeps): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"] },
    },
    // Of use by https only, and the proxy's to say for other names of the domain.
    strictTransportSecurity:
      listen.publicUrl?.startsWith('https:') === true
        ? { maxAge: 31_536_000, includeSubDomains: false }
        : false,
  });
  app.addHook('onSend', async (request, reply) => {
    void reply.header('x-request-id', request.id);
    if (!request.url.startsWith('/docs/static/')) void reply.header('cache-control', 'no-store');
  });
}
