import { z } from 'zod';
import type { ApiDeps } from '../../deps.js';
import type { Metrics } from '../../metrics/metrics.js';
import { ProblemError } from '../../problems/problem-error.js';
import { endpoint } from '../../table/endpoint.js';
import type { Scope } from '../../table/scope.js';

/** Figures for Prometheus: to whoever asks from this machine, and to those who may see all runs. */
export const scrapeMetrics = endpoint({
  summary: 'Figures of this process and of the cluster, for Prometheus',
  description:
    'Open to this machine; from elsewhere it takes a token with auth/netypareo:viewruns everywhere. Counters begin at zero with the process and count what happens anywhere in the cluster: scrape one API.',
  answers: { 200: z.string() },
  media: ['text/plain'],
  problems: ['not-signed-in', 'not-allowed'],
  handle: async (_request, scope) => {
    requireRight(scope);
    const metrics = await metricsOf(scope.deps);
    const stream = await metrics.read();
    return { status: 200 as const, stream, type: metrics.contentType };
  },
});

/** @throws ProblemError */
function requireRight({ from, caller, reachOf }: Scope): void {
  if (/^(127\.|::1$|::ffff:127\.)/.test(from)) return;
  if (caller === null) {
    const headers = { 'www-authenticate': 'Bearer realm="Passerelle"' };
    throw new ProblemError('not-signed-in', { headers });
  }
  if (reachOf('auth/netypareo:viewruns') !== 'everywhere') throw new ProblemError('not-allowed');
}

/** One set for each server: counters live as long as it does. */
const known = new WeakMap<ApiDeps, Promise<Metrics>>();

function metricsOf(deps: ApiDeps): Promise<Metrics> {
  const metrics = known.get(deps) ?? openMetrics(deps);
  known.set(deps, metrics);
  return metrics;
}

/** Loaded with the first scrape: most installations have no Prometheus. */
async function openMetrics(deps: ApiDeps): Promise<Metrics> {
  const { createMetrics } = await import('../../metrics/metrics.js');
  return createMetrics(deps.figures);
}
