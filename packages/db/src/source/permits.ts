import type { CallPurpose, PermitView, SourceState, SourceStateStore } from '@passerelle/sync';
import type { Ask } from '../statements.js';
import { parseState, type Sql } from './state-row.js';

interface Answer {
  permit: string | null;
  under_way: number;
  known_state: unknown;
  now_ms: number;
}

const TAKE = {
  name: 'take_source_permit',
  text: `
    SELECT permit::text, under_way, now_ms,
           CASE WHEN permit IS NULL THEN known_state END AS known_state
      FROM take_source_permit($1::text, $2::text, $3::text, $4::int, $5::int, $6::boolean,
                              $7::boolean, $8::float8, $9::int)`,
};

/** Takes a permit (migration permits_quicker, `take_source_permit`). */
export async function takePermit(
  ask: Ask,
  initial: SourceState,
  request: Parameters<SourceStateStore['take']>[0],
): ReturnType<SourceStateStore['take']> {
  const { purpose, operation, siteCode, hardCap, reserved, withinLimit, evenAtRest } = request;
  const [answer] = await ask<Answer>(TAKE, [
    ...[purpose, operation, siteCode, hardCap, reserved, withinLimit, evenAtRest],
    ...[request.leaseMs, initial.limit.current],
  ]);
  if (answer === undefined) throw new Error('The database did not answer who may call the source.');
  const { permit: id, under_way: inFlight, now_ms: now } = answer;
  if (id !== null) return { permit: { id, inFlight }, now };
  return { permit: null, state: parseState(answer.known_state, initial), now };
}

/** Holds permits for longer; one that ran out is not taken back, though nobody has it yet. */
export async function renewPermits(
  sql: Sql,
  ids: readonly string[],
  leaseMs: number,
): Promise<string[]> {
  if (ids.length === 0) return [];
  const renewed = await sql.$queryRaw<{ id: string }[]>`
    UPDATE source_permits
       SET until = clock_timestamp() + ${leaseMs}::float8 * interval '1 millisecond'
     WHERE permit_id = ANY (${[...ids]}::uuid[]) AND until > clock_timestamp()
    RETURNING permit_id::text AS id`;
  return renewed.map(({ id }) => id);
}

/** Permits that are out, calls that we gave up on included. */
export async function readPermits(sql: Sql): Promise<PermitView[]> {
  const rows = await sql.$queryRaw<(Omit<PermitView, 'purpose'> & { purpose: string })[]>`
    SELECT purpose, operation, site_code AS "siteCode", taken_at AS "takenAt", until
      FROM source_permits WHERE until > clock_timestamp() ORDER BY slot`;
  return rows.map((row) => ({ ...row, purpose: row.purpose as CallPurpose })); // written by takePermit
}
