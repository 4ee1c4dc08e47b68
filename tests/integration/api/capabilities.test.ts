import { ROUTES } from '@passerelle/api';
import { CAPABILITIES, type Capability } from '@passerelle/roster';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestApi, type TestApi } from '../../support/api.js';

type Route = (typeof ROUTES)[number];

/** A caller of the walk: what they hold, and where. */
interface Role {
  name: string;
  capabilities: readonly Capability[];
  /** Null: everywhere. */
  site: string | null;
}

const ROLES: readonly Role[] = [
  ...CAPABILITIES.flatMap((capability) => [
    { name: `${capability} everywhere`, capabilities: [capability], site: null },
    { name: `${capability} for a site`, capabilities: [capability], site: 'S1' },
    {
      ...{ name: `all but ${capability}`, site: null },
      capabilities: CAPABILITIES.filter((other) => other !== capability),
    },
  ]),
  { name: 'everything everywhere', capabilities: CAPABILITIES, site: null },
  { name: 'everything for a site', capabilities: CAPABILITIES, site: 'S1' },
];

let api: TestApi;
const tokens = new Map<Role, string>();

beforeAll(async () => {
  api = await createTestApi();
  await api.sql.query("INSERT INTO sites (code, name, content_hash) VALUES ('S1', 'One', '')");
  for (const role of ROLES) {
    tokens.set(role, await api.token(role.capabilities, role.site === null ? [] : [role.site]));
  }
});
afterAll(() => api.dispose());

/**
 * Asks a route for nonsense: who is let in is told so (or that there is no such
 * thing), and nothing is changed.
 */
async function ask({ method, url }: Route, token?: string) {
  const body = method === 'GET' ? {} : { body: { nonsense: true } };
  const { status, json } = await api.ask(method, url.replace(/:\w+/g, '1'), {
    ...(token === undefined ? {} : { token }),
    ...body,
  });
  return { status, type: (json as { type?: string } | undefined)?.type };
}

/** Whether it is for people who are not known, or not yet. */
const isOpen = ({ access }: Pick<Route, 'access'>) => access === 'public' || access === 'signIn';

const NOT_SIGNED_IN = { status: 401, type: 'urn:passerelle:problem:not-signed-in' };
const NOT_ALLOWED = { status: 403, type: 'urn:passerelle:problem:not-allowed' };

/** What the table says, in other words than the API's own. */
function isFor({ access }: Route, { capabilities, site }: Role): boolean {
  if (typeof access === 'string') return true;
  if (access.everywhere && site !== null) return false;
  return access.capabilities.every((needed) => capabilities.includes(needed));
}

describe.each(ROUTES.map((route) => ({ name: `${route.method} ${route.url}`, route })))(
  '$name',
  ({ route }) => {
    it('is for nobody unknown, unless it is public', async () => {
      const answer = await ask(route);

      if (isOpen(route)) expect([401, 403]).not.toContain(answer.status);
      else expect(answer).toEqual(NOT_SIGNED_IN);
    });

    it('is for no token that does not hold', async () => {
      expect(await ask(route, `psr_9999_${'x'.repeat(43)}`)).toEqual(NOT_SIGNED_IN);
    });

    it('is for exactly those whom the table names', async () => {
      const answers = await Promise.all(ROLES.map((role) => ask(route, tokens.get(role))));
      const isRefused = (place: number) =>
        answers[place]?.status === NOT_ALLOWED.status && answers[place].type === NOT_ALLOWED.type;
      const refused = ROLES.filter((_role, place) => isRefused(place));
      const others = ROLES.filter((role) => !isFor(route, role));

      expect(refused.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
    });
  },
);

describe('the OpenAPI document', () => {
  it('has exactly the routes of the table', async () => {
    const { json } = await api.ask('GET', '/openapi.json');
    const { openapi, paths } = documentShape.parse(json);
    const documented = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const routes = ROUTES.map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);

    expect(openapi).toBe('3.1.0');
    expect(documented.sort()).toEqual(routes.sort());
  });

  it('says of every route what it takes, what it needs and what may go wrong', async () => {
    const { json } = await api.ask('GET', '/openapi.json');
    const { paths } = documentShape.parse(json);
    for (const { method, url, access } of ROUTES) {
      const path = url.replace(/:(\w+)/g, '{$1}');
      const operation = operationShape.parse(paths[path]?.[method.toLowerCase()]);
      expect(operation.summary).not.toBe('');
      expect(Object.keys(operation.responses)).toEqual(
        expect.arrayContaining(['400', '500', '503']),
      );
      expect(operation.security !== undefined).toBe(!isOpen({ access }));
      if (typeof access === 'string') continue;
      for (const needed of access.capabilities) expect(operation.description).toContain(needed);
    }
  });
});

describe('a body', () => {
  const bodies = async () => {
    const { json } = await api.ask('GET', '/openapi.json');
    const operations = Object.entries(documentShape.parse(json).paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, of]) => [`${method} ${path}`, of] as const),
    );
    return new Map(operations.map(([name, of]) => [name, bodyShape.parse(of).requestBody]));
  };

  it('is documented as required exactly where something must be said', async () => {
    const required = await bodies();

    expect(required.get('post /api/v1/tasks/{task}/runs')?.required).toBe(false);
    expect(required.get('delete /api/v1/grants/{id}')?.required).toBe(false);
    expect(required.get('post /api/v1/session')?.required).toBe(true);
    expect(required.get('post /api/v1/runs/{id}/approve')?.required).toBe(true);
    expect(JSON.stringify(await bodies())).not.toContain('x-body-optional');
  });
});

const bodyShape = z.looseObject({
  requestBody: z.looseObject({ required: z.boolean() }).optional(),
});

const documentShape = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
});

const operationShape = z.looseObject({
  summary: z.string(),
  description: z.string(),
  responses: z.record(z.string(), z.unknown()),
  security: z.array(z.unknown()).optional(),
});
