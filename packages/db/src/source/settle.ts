import type { Settlement, SourceState, StateChange } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { PERMITS_CHANNEL } from './permit-bell.js';
import { isResting, readStateRow, seedStateRow, type Sql } from './state-row.js';

/** So often others may come first before the row is locked against them. */
const HOPEFUL_TRIES = 5;

type Apply<Result> = (state: SourceState, now: number) => StateChange<Result>;

interface Work<Result> {
  initial: SourceState;
  settlement: Settlement;
  serverLimitMs: number;
  apply: Apply<Result>;
}

/**
 * Changes the shared state, and in the same statement gives a permit back and
 * writes the call and the events down. Whoever finds that another came first
 * begins again with what that one left, so that no change is lost.
 */
export async function settle<Result>(client: PrismaClient, work: Work<Result>): Promise<Result> {
  for (let tries = 0; tries < HOPEFUL_TRIES; tries += 1) {
    const settled = await trySettling(client, work);
    if (settled !== null) return settled.result;
  }
  return client.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM source_state WHERE id = 1 FOR NO KEY UPDATE`;
    const settled = await trySettling(tx, work);
    if (settled === null) throw new Error('The state of the source changed under its lock.');
    return settled.result;
  }, TRANSACTION);
}

/** Gives a permit back and writes the call down; the state stays as it is. */
export async function giveBack(
  sql: Sql,
  initial: SourceState,
  settlement: Required<Settlement>,
  serverLimitMs: number,
  tell: boolean,
): Promise<void> {
  const unchanged = { state: initial, events: [], expected: null };
  await write(sql, settlement, serverLimitMs, unchanged, tell);
}

/** Null: another came first, or there was no row yet; nothing was settled. */
async function trySettling<Result>(
  sql: Sql,
  { initial, settlement, serverLimitMs, apply }: Work<Result>,
): Promise<StateChange<Result> | null> {
  const before = await readStateRow(sql, initial);
  if (before.version === null) {
    await seedStateRow(sql, initial);
    return null;
  }
  const change = apply(before.state, before.now);
  const isChanged = change.state !== before.state || change.events.length > 0;
  const written = await write(sql, settlement, serverLimitMs, {
    ...change,
    expected: isChanged ? before.version : null,
  });
  return written ? change : null;
}

/**
 * One statement: all of it, or, if the version is no longer the expected one,
 * nothing. A permit that is kept for the server's sake has no id any more, so that a
 * renewal under way does not lengthen it. Nobody waits for the disk here: a server
 * that crashes forgets at worst that permits came back, and they run out; that they
 * were taken it never forgets. Who waits is told as soon as all of it holds.
 *
 * @param change.expected null: the state stays as it is, whatever its version
 * @param tell whether anybody is told of the permit
 * @returns false if another came first
 */
async function write(
  sql: Sql,
  { permit, call }: Settlement,
  serverLimitMs: number,
  change: { state: SourceState; events: readonly object[]; expected: number | null },
  tell = true,
): Promise<boolean> {
  const { state, events, expected } = change;
  const isNews = (tell && permit?.back === 'now') || events.length > 0;
  const [row] = await sql.$queryRaw<{ written: boolean }[]>`
    WITH changed AS (
      UPDATE source_state
         SET version = version + 1, state = ${JSON.stringify(state)}::jsonb,
             calls_limit = ${state.limit.current}::int, rests = ${isResting(state)}::bool
       WHERE id = 1 AND version = ${expected}::int
      RETURNING id
    ), agreed AS (
      SELECT id FROM changed UNION ALL SELECT 1 WHERE ${expected}::int IS NULL
    ), returned AS (
      UPDATE source_permits
         SET permit_id = NULL,
             until = CASE ${permit?.back ?? null} WHEN 'serverLimit'
                     THEN taken_at + ${serverLimitMs}::float8 * interval '1 millisecond' END
       WHERE permit_id = ${permit?.id ?? null}::uuid AND EXISTS (SELECT FROM agreed)
    ), called AS (
      INSERT INTO source_calls (at, operation, purpose, site_code, outcome, ms, bytes, in_flight)
      SELECT clock_timestamp(), ${call?.operation ?? null}, ${call?.purpose ?? null},
             ${call?.siteCode ?? null}, ${call?.outcome ?? null}, ${Math.round(call?.ms ?? 0)}::int,
             ${Math.round(call?.bytes ?? 0)}::bigint, ${call?.inFlight ?? 0}::int
       WHERE ${call !== undefined}::bool AND EXISTS (SELECT FROM agreed)
    ), told AS (
      INSERT INTO source_events (at, kind, data)
      SELECT clock_timestamp(), event ->> 'kind', event
        FROM jsonb_array_elements(${JSON.stringify(events)}::jsonb) WITH ORDINALITY AS e (event, n)
       WHERE EXISTS (SELECT FROM agreed) ORDER BY n
    )
    SELECT EXISTS (SELECT FROM agreed) AS written,
           CASE WHEN ${isNews}::bool AND EXISTS (SELECT FROM agreed)
                THEN pg_notify(${PERMITS_CHANNEL}, '')::text END AS told,
           set_config('synchronous_commit', 'off', true) AS commit`;
  return row?.written === true;
}
