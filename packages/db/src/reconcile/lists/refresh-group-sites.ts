import { GROUPS } from '../rows/row-spec.js';
import { updateRows } from '../rows/update-rows.js';
import type { Work } from '../work.js';

/** Groups find their sites, whichever of the two became known first. Leaves `refreshed_rows`. */
export async function refreshGroupSites(work: Work): Promise<void> {
  await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE fresh_rows ON COMMIT DROP AS
     SELECT t.id, false AS is_new, site.id AS site_id
       FROM groups t LEFT JOIN sites site ON site.code = t.site_code
      WHERE t.site_id IS DISTINCT FROM site.id`,
  );
  const columns = { shown: ['site_id'], hidden: [] };
  await updateRows(work, GROUPS, 'fresh_rows', 'refreshed_rows', columns);
}
