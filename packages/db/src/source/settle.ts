import type { Settlement, SourceState, StateChange } from '@passerelle/sync';
import type { Connections } from '../client.js';
import { type Ask, askWithin } from '../statements.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { PERMITS_CHANNEL } from './permit-bell.js';
import { isResting, readStateRow, seedStateRow } from './state-row.js';

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
export async function settle<Result>(
  { client, ask }: Pick<Connections, 'client' | 'ask'>,
  work: Work<Result>,
): Promise<Result> {
  for (let tries = 0; tries < HOPEFUL_TRIES; tries += 1) {
    const settled = await trySettling(ask, work);
    if (settled !== null) return settled.result;
  }
  return client.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT FROM source_state WHERE id = 1 FOR NO KEY UPDATE`;
    const settled = await trySettling(askWithin(tx), work);
    if (settled === null) throw new Error('The state of the source changed under its lock.');
    return settled.result;
  }, TRANSACTION);
}

/** Gives a permit back and writes the call down; the state stays as it is. */
export async function giveBack(
  ask: Ask,
  initial: SourceState,
  settlement: Required<Settlement>,
  serverLimitMs: number,
  tell: boolean,
): Promise<void> {
  const unchanged = { state: initial, events: [], expected: null };
  await write(ask, settlement, serverLimitMs, unchanged, tell);
}

/** Null: another came first, or there was no row yet; nothing was settled. */
async function trySettling<Result>(
  ask: Ask,
  { initial, settlement, serverLimitMs, apply }: Work<Result>,
): Promise<StateChange<Result> | null> {
  const before = await readStateRow(ask, initial);
  if (before.version === null) {
    await seedStateRow(ask, initial);
    return null;
  }
  const change = apply(before.state, before.now);
  const isChanged = change.state !== before.state || change.events.length > 0;
  const written = await write(ask, settlement, serverLimitMs, {
    ...change,
    expected: isChanged ? before.version : null,
  });
  return written ? change : null;
}

const WRITE = {
  name: 'settle_source_call',
  text: `
    WITH changed AS (
      UPDATE source_state
         SET version = version + 1, state = $1::jsonb,
             calls_limit = $2::int, rests = $3::bool
       WHERE id = 1 AND version = $4::int
      RETURNING id
    ), agreed AS (
      SELECT id FROM changed UNION ALL SELECT 1 WHERE $4::int IS NULL
    ), returned AS (
      UPDATE source_permits
         SET permit_id = NULL,
             until = CASE $5::text WHEN 'serverLimit'
                     THEN taken_at + $6::float8 * interval '1 millisecond' END
       WHERE permit_id = $7::uuid AND EXISTS (SELECT FROM agreed)
    ), called AS (
      INSERT INTO source_calls (at, operation, purpose, site_code, outcome, ms, bytes, in_flight)
      SELECT clock_timestamp(), $8::text, $9::text, $10::text, $11::text,
             $12::int, $13::bigint, $14::int
       WHERE $15::bool AND EXISTS (SELECT FROM agreed)
    ), told AS (
      INSERT INTO source_events (at, kind, data)
      SELECT clock_timestamp(), event ->> 'kind', event
        FROM jsonb_array_elements($16::jsonb) WITH ORDINALITY AS e (event, n)
       WHERE EXISTS (SELECT FROM agreed) ORDER BY n
    )
    SELECT EXISTS (SELECT FROM agreed) AS written,
           CASE WHEN $17::bool AND EXISTS (SELECT FROM agreed)
                THEN pg_notify($18::text, '')::text END AS told,
           set_config('synchronous_commit', 'off', true) AS commit`,
};

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
  ask: Ask,
  { permit, call }: Settlement,
  serverLimitMs: number,
  change: { state: SourceState; events: readonly object[]; expected: number | null },
  tell = true,
): Promise<boolean> {
  const { state, events, expected } = change;
  const isNews = (tell && permit?.back === 'now') || events.length > 0;
  const [row] = await ask<{ written: boolean }>(WRITE, [
    ...[JSON.stringify(state), state.limit.current, isResting(state), expected],
    ...[permit?.back ?? null, serverLimitMs, permit?.id ?? null],
    ...[call?.operation ?? null, call?.purpose ?? null, call?.siteCode ?? null],
    ...[call?.outcome ?? null, Math.round(call?.ms ?? 0), Math.round(call?.bytes ?? 0)],
    ...[call?.inFlight ?? 0, call !== undefined, JSON.stringify(events), isNews, PERMITS_CHANNEL],
  ]);
  return row?.written === true;
}
