// What the product itself wrote down of its calls: where the time went that a sync
// took longer than one who knows the server.
import { withClient } from './databases.mjs';

/** Per call, in milliseconds: under its permit, and from its end until another began. */
const CALLS = `
  WITH call AS (
    SELECT outcome, ms, extract(epoch FROM at)::float8 * 1000 - ms AS begun,
           extract(epoch FROM at)::float8 * 1000 AS ended
      FROM source_calls WHERE purpose = 'reading'
  ), gap AS (
    SELECT (SELECT min(n.begun) FROM call n WHERE n.begun >= c.ended) - c.ended AS ms FROM call c
  )
  SELECT (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM call WHERE outcome = 'ok')
           AS "callP50Ms",
         (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ms) FROM gap) AS "gapP50Ms",
         (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY ms) FROM gap) AS "gapP90Ms"`;

/** The limit's way, in seconds since the first event. */
const LIMITS = `
  SELECT extract(epoch FROM at - min(at) OVER ())::float8 AS seconds, (data ->> 'to')::int AS to
    FROM source_events WHERE kind IN ('limit_raised', 'limit_cut') ORDER BY id`;

export async function traceCalls(databaseUrl) {
  return withClient(databaseUrl, async (client) => {
    const calls = await client.query(CALLS);
    const limits = await client.query(LIMITS);
    return { ...calls.rows[0], limits: limits.rows };
  });
}

/** A sync in words, for those who look for the time it lost. */
export function describeSync(sync) {
  const { seconds, oracleSeconds, ratio, ratioFromFirstPart, calls, failed } = sync;
  const { callP50Ms, serverP50Ms, gapP50Ms, gapP90Ms } = sync;
  const phases = Object.entries(sync.phases).map(([name, s]) => `${name} ${s.toFixed(1)}`);
  const limits = sync.limits.map((limit) => `${limit.to} at ${limit.seconds.toFixed(0)} s`);
  return [
    `${seconds.toFixed(1)} s against ${oracleSeconds.toFixed(1)} s, ${ratio.toFixed(3)} × ` +
      `(${ratioFromFirstPart.toFixed(3)} × from its first part on)`,
    `${calls} calls, ${failed} turned away (${(sync.lateShare * 100).toFixed(2)} % after a minute), ` +
      `at most ${sync.maxInFlight} at once`,
    `${phases.join(', ')} s`,
    `a call ${Math.round(callP50Ms)} ms, of which the server ${Math.round(serverP50Ms)} ms; ` +
      `until another begins ${Math.round(gapP50Ms)} ms, at the 90th percentile ${Math.round(gapP90Ms)} ms`,
    `processor time of the workers ${sync.cpuSeconds.toFixed(1)} s, event-loop delay p99 ` +
      `${Math.round(sync.delayP99Ms)} ms`,
    `limit: ${limits.join(', ')}`,
  ].join('\n  ');
}
