import { isTaskName, type RunState, type TaskName } from '@passerelle/roster';
import type {
  EndedCalls,
  EndedRun,
  FiguresPosition,
  FiguresReader,
  FiguresSince,
} from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import { numberRunEvents } from '../stores/run-events.js';

/** Runs that one look takes at most; the next goes on. */
const MOST_RUNS = 1_000;
/** A call is written with its time, and seen a moment later. */
const SETTLED = 5;

/** What has become of runs and calls, for those who count them. */
export function createFiguresReader(client: PrismaClient): FiguresReader {
  return {
    position: async () => {
      const [row] = await client.$queryRaw<FiguresPosition[]>`
        SELECT number_run_events()::text AS "runEvent",
               clock_timestamp() - ${SETTLED}::int * interval '1 second' AS "callsUntil"`;
      if (row === undefined) throw new Error('The database did not tell where it stands.');
      return row;
    },
    since: async (position) => {
      const ended = await endedRuns(client, position.runEvent);
      const calls = await endedCalls(client, position.callsUntil);
      return {
        runs: ended.runs,
        calls: calls.calls,
        position: { runEvent: ended.last, callsUntil: calls.until },
      };
    },
    state: async () => {
      const runs = await client.$queryRaw<{ task: string; state: RunState; count: number }[]>`
        SELECT task, state::text AS state, count(*)::int AS count FROM sync_runs
         WHERE state IN ('queued', 'running', 'waiting', 'held') GROUP BY 1, 2`;
      const tasks = await client.taskDefinition.findMany({
        select: { name: true, disabled: true, lastRunAt: true },
      });
      return {
        runs: runs.filter(hasTask),
        tasks: tasks.flatMap(({ name, disabled, lastRunAt: lastGoodAt }) =>
          isTaskName(name) ? [{ name, disabled, lastGoodAt }] : [],
        ),
      };
    },
  };
}

interface EventRow extends EndedRun {
  id: string;
}

/** An approval ends a run once more, without anything having been read: it counts as no other run. */
async function endedRuns(
  client: PrismaClient,
  after: string,
): Promise<{ runs: EndedRun[]; last: string }> {
  await numberRunEvents(client);
  const rows = await client.$queryRaw<EventRow[]>`
    SELECT e.seq::text AS id, r.task, e.state, r.dry_run AS "dryRun",
           extract(epoch FROM e.at - r.started_at)::float8 AS seconds,
           jsonb_build_object('read', r.read, 'created', r.created, 'updated', r.updated,
             'unchanged', r.unchanged, 'suspended', r.suspended, 'rejected', r.rejected) AS counts
      FROM run_events e JOIN sync_runs r ON r.id = e.run_id
     WHERE e.seq > ${after}::bigint AND e.part IS NULL
       AND e.state IN ('held', 'succeeded', 'partial', 'failed', 'cancelled')
       AND (r.decided_at IS NULL OR e.state = 'held')
     ORDER BY e.seq LIMIT ${MOST_RUNS}::int`;
  return {
    runs: rows.filter(hasTask).map(({ id: _id, ...run }) => run),
    last: rows.at(-1)?.id ?? after,
  };
}

async function endedCalls(
  client: PrismaClient,
  after: Date,
): Promise<{ calls: FiguresSince['calls']; until: Date }> {
  const [now] = await client.$queryRaw<{ until: Date }[]>`
    SELECT greatest(${after}, clock_timestamp() - ${SETTLED}::int * interval '1 second') AS until`;
  const until = now?.until ?? after;
  const calls = await client.$queryRaw<EndedCalls[]>`
    SELECT purpose, outcome, count(*)::int AS count, sum(ms)::float8 / 1000 AS seconds
      FROM source_calls WHERE at > ${after} AND at <= ${until} GROUP BY 1, 2`;
  return { calls, until };
}

function hasTask<Row extends { task: string }>(row: Row): row is Row & { task: TaskName } {
  return isTaskName(row.task);
}
