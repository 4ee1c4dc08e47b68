import { type SourceState, sourceState } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** What runs a statement: the client, or a transaction of it. */
export type Sql = Pick<PrismaClient, '$queryRaw' | '$executeRaw'>;

export interface StateRow {
  state: SourceState;
  /** Null: nothing was written yet. */
  version: number | null;
  /** The database's clock, in milliseconds since 1970. */
  now: number;
}

/**
 * The row of `source_state`, and what time it is.
 *
 * @param initial what stands for a state that is missing or cannot be read
 */
export async function readStateRow(sql: Sql, initial: SourceState): Promise<StateRow> {
  const [row] = await sql.$queryRaw<{ state: unknown; version: number | null; now: number }[]>`
    SELECT state, version, floor(extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now
      FROM (SELECT) AS always LEFT JOIN source_state ON id = 1`;
  if (row === undefined) throw new Error('The database did not tell the state of the source.');
  return { ...row, state: parseState(row.state, initial) };
}

/** Another version of Passerelle may have written it: then what was learnt is learnt anew. */
export function parseState(stored: unknown, initial: SourceState): SourceState {
  const parsed = sourceState.safeParse(stored);
  return parsed.success ? parsed.data : initial;
}

/** Writes the row, unless it is there. */
export async function seedStateRow(sql: Sql, initial: SourceState): Promise<void> {
  await sql.$executeRaw`
    INSERT INTO source_state (id, state, calls_limit, rests)
    VALUES (1, ${JSON.stringify(initial)}::jsonb, ${initial.limit.current}::int,
            ${isResting(initial)}::bool)
    ON CONFLICT DO NOTHING`;
}

/** As it stands beside the state, for those who take a permit. */
export function isResting(state: SourceState): boolean {
  return state.breaker.restingSince !== null;
}
