import { stagingName } from '../../staging/tables.js';
import type { Work } from '../work.js';
import type { ListSpec } from './list-spec.js';

/**
 * Makes `incoming_rows`: every distinct record in staging, ready to be written.
 * Where records of one key differ, the one with the greatest hash counts.
 *
 * @returns how many there are
 */
export async function collectList(work: Work, spec: ListSpec): Promise<number> {
  const { key } = spec.rows;
  const keys = key.map((column) => `s.${column}`);
  const sameRow = key.map((column) => `t.${column} = s.${column}`).join(' AND ');
  return work.tx.$executeRawUnsafe(
    `CREATE TEMP TABLE incoming_rows ON COMMIT DROP AS
     SELECT coalesce(t.id, nextval('${spec.table}_id_seq'))::int AS id,
            t.id IS NULL AS is_new,
            ${[...key, ...spec.sourced].map((column) => `s.${column}`).join(', ')},
            ${spec.lookedUp.columns} 'active'::entity_status AS status,
            NULL::timestamptz AS missing_since, s.hash AS content_hash
       FROM (SELECT DISTINCT ON (${keys.join(', ')}) s.*
               FROM ${stagingName(work.runId, spec.table)} s
              ORDER BY ${keys.join(', ')}, s.hash DESC) s
       LEFT JOIN ${spec.table} t ON ${sameRow}
       ${spec.lookedUp.join}`,
  );
}
