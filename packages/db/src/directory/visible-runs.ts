import type { Reach } from '@passerelle/roster';
import { Prisma } from '../generated/client.js';
import { isVisible } from './visible.js';

/**
 * Which runs a caller may see who is let in to some sites only: those limited to one of
 * these sites, and of one person who may be seen from there.
 *
 * @returns a condition on `sync_runs r`
 */
export function isVisibleRun(reach: Reach): Prisma.Sql {
  if (reach === 'everywhere') return Prisma.sql`true`;
  return Prisma.sql`(r.site_code = ANY(${[...reach]}) OR EXISTS (
    SELECT FROM users u WHERE u.id = r.user_id AND ${isVisible(reach)}))`;
}
