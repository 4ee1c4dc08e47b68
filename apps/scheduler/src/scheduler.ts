import { alignSchedules, createHousekeeping, nextDate, type SyncContext } from '@passerelle/sync';

export interface SchedulerDeps {
  context: SyncContext;
  /** Pause between two rounds of housekeeping, in milliseconds. */
  housekeepingMs: number;
  /** Looks after the alerts, beside the housekeeping: a mail server that does not answer delays no schedule. */
  watchAlerts?: () => Promise<void>;
}

/** A scheduler at work. */
export interface RunningScheduler {
  /** Ends after the round under way. */
  stop(): Promise<void>;
}

/**
 * Starts a scheduler: seeds the task definitions, brings the queue's job
 * schedulers in line with them (one per enabled task), and keeps house from then
 * on. Any number of schedulers may run; the work they share is claimed in the
 * database.
 */
export async function startScheduler(deps: SchedulerDeps): Promise<RunningScheduler> {
  const { context, watchAlerts } = deps;
  await context.tasks.seedTasks(context.now(), (fields, after) =>
    nextDate(fields, after, context.timeZone),
  );
  await alignSchedules(context);
  context.log.info({}, 'scheduler started');
  const rounds = [repeat(createHousekeeping(context), deps, 'housekeeping failed')];
  if (watchAlerts !== undefined) rounds.push(repeat(watchAlerts, deps, 'watching alerts failed'));
  return {
    stop: async () => {
      await Promise.all(rounds.map((round) => round.stop()));
    },
  };
}

function repeat(
  round: () => Promise<void>,
  { context, housekeepingMs }: SchedulerDeps,
  failure: string,
): RunningScheduler {
  let stopped = false;
  let timer: NodeJS.Timeout;
  let current: Promise<void> = Promise.resolve();

  const next = (): void => {
    timer = setTimeout(() => {
      current = round()
        .catch((error: unknown) => {
          // The database or the queue is away; the next round makes good what this one missed.
          context.log.error({ err: error }, failure);
        })
        .then(() => {
          if (!stopped) next();
        });
    }, housekeepingMs);
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await current;
    },
  };
}
