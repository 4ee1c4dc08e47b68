import type { Reach } from '@passerelle/roster';
import type { PrismaClient } from '../client.js';
import { isOfSites } from './groups.js';
import { isVisible } from './visible.js';

/** Which of these (`student:12`, `initial:G1`, `site:2`) a caller may see; of what is unknown nothing. */
export async function visibleAmong(
  client: PrismaClient,
  refs: readonly string[],
  reach: Reach,
): Promise<ReadonlySet<string>> {
  if (reach === 'everywhere') return new Set(refs);
  const [of, codes] = split(refs);
  const rows = await client.$queryRaw<{ ref: string }[]>`
    WITH refs AS (SELECT * FROM unnest(${of}::text[], ${codes}::text[]) AS t(of, code))
    SELECT r.of || ':' || r.code AS ref FROM refs r
     WHERE (r.of IN ('student', 'teacher', 'tutor') AND EXISTS (
             SELECT FROM users u WHERE u.kind::text = r.of AND u.code = r.code AND ${isVisible(reach)}))
        OR (r.of IN ('initial', 'continuing') AND EXISTS (
             SELECT FROM groups g WHERE g.kind::text = r.of AND g.code = r.code AND ${isOfSites(reach)}))
        OR (r.of = 'site' AND r.code = ANY(${[...reach]}))`;
  return new Set(rows.map(({ ref }) => ref));
}

function split(refs: readonly string[]): [string[], string[]] {
  const colons = refs.map((ref) => ref.indexOf(':'));
  return [
    refs.map((ref, index) => ref.slice(0, colons[index])),
    refs.map((ref, index) => ref.slice((colons[index] ?? -1) + 1)),
  ];
}
