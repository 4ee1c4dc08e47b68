import { imageOf } from '../reconcile/rows/insert-rows.js';
import { MEMBERSHIPS, TUTORSHIPS } from '../reconcile/rows/row-spec.js';

/** An order for rows that have no number of their own. */
const ID = `((array_position('{user,membership,tutorship,group,site,definition}'::text[], h.entity)::bigint << 40)
             + h.entity_id)`;

const LINK = (image: string): string =>
  `SELECT ${ID} AS id, h.run_id, NULL::text AS actor, h.entity, h.entity_id, 'removed' AS kind,
          ${image} AS before, NULL::jsonb AS after, NULL::timestamptz AS at`;

/**
 * SQL: the removals that wait for someone to decide on their run, in the form of
 * `changes`, as they would be told of if they were made.
 */
export const HELD_AS_CHANGES = `
  SELECT ${ID} AS id, h.run_id, NULL::text AS actor, h.entity, h.entity_id, 'suspended' AS kind,
         '{"status": "active"}'::jsonb AS before, '{"status": "suspended"}'::jsonb AS after,
         NULL::timestamptz AS at
    FROM held_removals h WHERE h.entity NOT IN ('membership', 'tutorship')
   UNION ALL
  ${LINK(imageOf(MEMBERSHIPS))}
    FROM held_removals h JOIN memberships o ON o.id = h.entity_id WHERE h.entity = 'membership'
   UNION ALL
  ${LINK(imageOf(TUTORSHIPS))}
    FROM held_removals h JOIN tutorships o ON o.id = h.entity_id WHERE h.entity = 'tutorship'`;
