import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { sessionCookie } from '../identity/session-cookie.js';
import { sayWhichBodiesAreOptional } from './optional-bodies.js';

const DESCRIPTION = `**En français, avec un exemple de chaque appel : docs/fr/api.md**, livré avec Passerelle.

What Passerelle knows and does, for programs.

Programs send a token (\`Authorization: Bearer psr_…\`, made by \`passerelle tokens create\`);
people sign in, and send the CSRF token of \`GET /api/v1/session\` in \`X-CSRF-Token\` with each change.
Problems are documents of RFC 9457, told apart by their \`type\`. Lists are pages:
\`{"items":[…],"nextCursor":null}\`, continued by \`?cursor=\`.`;

/** Serves the OpenAPI document at /openapi.json, and at /docs for people. */
export async function registerOpenApi(
  app: FastifyInstance,
  publicUrl: string | undefined,
): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Passerelle', version: '1', description: DESCRIPTION },
      ...(publicUrl === undefined ? {} : { servers: [{ url: publicUrl }] }),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: sessionCookie(publicUrl).name },
        },
      },
    },
    transform: jsonSchemaTransform,
    transformObject: (document) => sayWhichBodiesAreOptional(jsonSchemaTransformObject(document)),
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: '/docs',
    // Without the bar of its maker, whose field would ask for other documents.
    uiConfig: { deepLinking: true, tryItOutEnabled: false, layout: 'BaseLayout' },
    theme: { title: 'Passerelle' },
    // Everything it needs is in its own package; nothing comes from elsewhere.
    staticCSP: {
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'connect-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    },
  });
}
