import type { RouteAccess } from './access.js';
import type { Endpoint } from './endpoint.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A line of the table of contents. */
export interface Route {
  method: Method;
  /** In Fastify's form: `/api/v1/tasks/:task`. */
  url: string;
  access: RouteAccess;
  endpoint: Endpoint;
}

/** One line of the table. */
export function route(method: Method, url: string, access: RouteAccess, endpoint: Endpoint): Route {
  return { method, url, access, endpoint };
}
