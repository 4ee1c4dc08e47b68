import { type Reach, reaches } from '@passerelle/roster';
import type { BulkRetry } from '@passerelle/sync';
import { z } from 'zod';
import type { ApiDeps } from '../../deps.js';
import { notFound } from '../../problems/not-found.js';
import { id } from '../../schemas/fields.js';

/** The id of a bulk retry in an address. */
export const retryParams = z.strictObject({ id });

/**
 * The bulk retry with an id, as far as the caller may see it.
 * @throws ProblemError as if there were none, where it is of another site
 */
export async function visibleRetry(
  deps: ApiDeps,
  retryId: number,
  reach: Reach,
): Promise<BulkRetry> {
  const bulkRetry = await deps.sync.bulkRetries.get(retryId);
  if (bulkRetry === null || !reaches(reach, bulkRetry.siteCode)) {
    throw notFound(`There is no bulk retry ${retryId}.`);
  }
  return bulkRetry;
}
