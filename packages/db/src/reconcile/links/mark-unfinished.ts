import type { Work } from '../work.js';
import type { LinkSpec } from './link-spec.js';

/**
 * People who keep links that their record no longer holds, because this run
 * may not remove any: their hash is made one that no record has, so that the
 * next run looks at them again.
 */
export async function markUnfinished(work: Work, spec: LinkSpec): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `UPDATE users u SET content_hash = 'unfinished ' || i.content_hash
       FROM incoming_people i
      WHERE u.id = i.id AND NOT i.is_new
        AND EXISTS (SELECT FROM ${spec.table} o
                     WHERE o.${spec.owner} = i.id AND o.removed_at IS NULL
                       AND NOT EXISTS (SELECT FROM incoming_${spec.table} n WHERE n.id = o.id))`,
  );
}
