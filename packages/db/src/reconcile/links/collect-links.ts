import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';
import { activeSql, type LinkSpec } from './link-spec.js';

/**
 * Makes `incoming_<table>`: the links of everyone in `incoming_people`, those
 * of all their records together. The same link twice has the widest dates, an
 * open start or end being the widest.
 */
export async function collectLinks(work: Work, spec: LinkSpec): Promise<number> {
  const merged = Object.entries(spec.merged).map(([column, sql]) => `${sql} AS ${column},`);
  const link = [...spec.key, ...Object.keys(spec.merged), 'starts_on', 'ends_on'];
  const sameLink = spec.key.map((column) => `o.${column} = l.${column}`).join(' AND ');
  const collected = await work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE incoming_${spec.table} ON COMMIT DROP AS
     SELECT coalesce(o.id, nextval('${spec.table}_id_seq'))::int AS id,
            o.id IS NULL AS is_new, i.id AS ${spec.owner},
            ${link.map((column) => `l.${column}`).join(', ')},
            r.id AS ${spec.reference}, ${activeSql('$1::date')} AS active,
            NULL::timestamptz AS removed_at
       FROM (SELECT code, ${spec.key.join(', ')}, ${merged.join(' ')}
                    CASE WHEN bool_or(starts_on IS NULL) THEN NULL ELSE min(starts_on) END AS starts_on,
                    CASE WHEN bool_or(ends_on IS NULL) THEN NULL ELSE max(ends_on) END AS ends_on
               FROM ${stagingName(work.runId, spec.table)}
              GROUP BY code, ${spec.key.join(', ')}) l
       JOIN incoming_people i ON i.code = l.code
       ${spec.referenceJoin}
       LEFT JOIN ${spec.table} o ON o.${spec.owner} = i.id AND ${sameLink}`,
    work.context.today,
  );
  if (collected > 0) await work.tx.$executeRawUnsafe(`ANALYZE incoming_${spec.table} (id)`);
  return collected;
}
