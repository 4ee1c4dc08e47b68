import { type SourceState, sourceState } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Ask } from '../statements.js';

/** What runs a statement: the client, or a transaction of it. */
export type Sql = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

export interface StateRow {
  state: SourceState;
  /** Null: nothing was written yet. */
  version: number | null;
  /** The database's clock, in milliseconds since 1970. */
  now: number;
}

const READ = {
  name: 'read_source_state',
  text: `
    SELECT state, version, floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
      FROM (SELECT) AS always LEFT JOIN source_state ON id = 1`,
};

/**
 * The row of `source_state`, and what time it is.
 *
 * @param initial what stands for a state that is missing or cannot be read
 */
export async function readStateRow(ask: Ask, initial: SourceState): Promise<StateRow> {
  const [row] = await ask<{ state: unknown; version: number | null; now: number }>(READ, []);
  if (row === undefined) throw new Error('The database did not tell the state of the source.');
  return { ...row, state: parseState(row.state, initial) };
}

/** Another version of Passerelle may have written it: then what was learnt is learnt anew. */
export function parseState(stored: unknown, initial: SourceState): SourceState {
  const parsed = sourceState.safeParse(stored);
  return parsed.success ? parsed.data : initial;
}

const SEED = {
  name: 'seed_source_state',
  text: `
    INSERT INTO source_state (id, state, calls_limit, rests)
    VALUES (1, $1::jsonb, $2::int, $3::bool) ON CONFLICT DO NOTHING`,
};

/** Writes the row, unless it is there. */
export async function seedStateRow(ask: Ask, initial: SourceState): Promise<void> {
  await ask(SEED, [JSON.stringify(initial), initial.limit.current, isResting(initial)]);
}

/** As it stands beside the state, for those who take a permit. */
export function isResting(state: SourceState): boolean {
  return state.breaker.restingSince !== null;
}
