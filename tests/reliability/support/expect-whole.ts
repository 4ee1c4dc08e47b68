import type { Run } from '@passerelle/sync';
import { expect } from 'vitest';
import { expectTruth } from '../../support/truth.js';
import type { Rig } from './rig.js';
import { eventually } from '../../support/patience.js';

/** Expects runs to have ended well, the registry to be the truth, and nothing to be left behind. */
export async function expectWhole(rig: Rig, runs: readonly Run[]): Promise<void> {
  expect(runs.map(({ task, state, error }) => `${task} ${error ?? state}`)).toEqual(
    runs.map(({ task }) => `${task} succeeded`),
  );
  await expectTruth(rig.db, rig.simulator);
  for (const run of runs) await expectAppliedOnce(rig, run);
  await eventually(async () => expect(await stagingTables(rig)).toEqual([]));
}

/** What the run says it did is what its history holds: each person once. */
async function expectAppliedOnce({ sql }: Rig, { id, task, counts }: Run): Promise<void> {
  const { rows } = await sql.query<{ created: number; doubled: number }>(
    `SELECT count(*) FILTER (WHERE kind = 'created')::int AS created,
            (count(*) - count(DISTINCT (entity, entity_id, kind)))::int AS doubled
       FROM changes WHERE run_id = $1 AND entity = $2`,
    [id, ENTITIES[task]],
  );
  expect(rows).toEqual([{ created: counts.created, doubled: 0 }]);
}

const ENTITIES: Readonly<Record<Run['task'], string>> = {
  update_caches: 'definition',
  sync_sites: 'site',
  sync_groups: 'group',
  sync_pdgroups: 'group',
  sync_teachers: 'user',
  sync_students: 'user',
  sync_tutors: 'user',
};

async function stagingTables({ sql }: Rig): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'staging' AND tablename ~ '^run_'`,
  );
  return rows.map(({ name }) => name);
}

/**
 * The registry's content in one value, and whether the run has ended, as one
 * look at the database sees them.
 */
export async function lookAt(
  { sql }: Pick<Rig, 'sql'>,
  runId: number,
): Promise<{ ended: boolean; content: string }> {
  const { rows } = await sql.query<{ ended: boolean; content: string }>(
    `SELECT coalesce((SELECT ended_at IS NOT NULL FROM sync_runs WHERE id = $1), false) AS ended,
            ${TABLES.map(digestOf).join(" || ' ' || ")} AS content`,
    [runId],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('The database gave no row.');
  return row;
}

const TABLES = ['users', 'memberships', 'tutorships', 'groups', 'sites', 'definitions', 'changes'];

const digestOf = (table: string): string =>
  `(SELECT md5(coalesce(string_agg(t::text, ';' ORDER BY t.id), '')) FROM ${table} t)`;
