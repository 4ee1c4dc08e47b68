import { createRequire } from 'node:module';
import type * as BullMq from 'bullmq';

/**
 * BullMQ, for the files that open its objects; all others take its types only. It is
 * CommonJS: to `import` it, Node would read through all its files for the names that
 * they export, before it runs them. That is as long again as all the rest of its start.
 */
export const bullmq = createRequire(import.meta.url)('bullmq') as typeof BullMq;
