import { collectDefaultMetrics, Registry } from 'prom-client';
import { type FigureSources, registerClusterFigures } from './cluster-figures.js';

/** What Prometheus reads. */
export interface Metrics {
  contentType: string;
  read(): Promise<string>;
}

/** Several who scrape at about the same time cost one look. */
const FRESH_MS = 3_000;

/** Metrics of this process (event loop, memory, collector) and of the cluster. */
export function createMetrics(sources: FigureSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const lookAgain = registerClusterFigures(registry, sources);
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;

  const look = async (): Promise<void> => {
    if (performance.now() - lookedAt < FRESH_MS) return;
    looking ??= lookAgain()
      .then(() => {
        lookedAt = performance.now();
      })
      .finally(() => {
        looking = null;
      });
    await looking;
  };
  return {
    contentType: registry.contentType,
    read: async () => {
      await look();
      return registry.metrics();
    },
  };
}
