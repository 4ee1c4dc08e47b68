export type { ApiDeps, ApiLimits } from './deps.js';
export { ListenError } from './listen-error.js';
export { ROUTES } from './routes.js';
export { type RunningApi, startApi } from './server.js';
export { needs } from './table/access.js';
export { endpoint, ok } from './table/endpoint.js';
export { route } from './table/route.js';
export { csrfTokenOf, mintSessionSecret } from './identity/session-use.js';
