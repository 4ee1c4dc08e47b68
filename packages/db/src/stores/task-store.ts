import {
  isTaskName,
  type ScheduleFields,
  TASK_NAMES,
  TASKS,
  type TaskName,
} from '@passerelle/roster';
import type { TaskChangeAuthor, TaskState, TaskStore } from '@passerelle/sync';
import { recordEvent } from '../access/audit-log.js';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { toTexts } from '../reconcile/guards/load-settings.js';
import type { TaskDefinitionModel } from '../generated/models.js';

/** Task definitions, in `task_definitions`. */
export function createTaskStore(client: PrismaClient): TaskStore {
  return {
    seedTasks: async (now, nextRun) => {
      for (const name of TASK_NAMES) await seedTask(client, name, now, nextRun);
    },
    listTasks: async () => {
      const rows = await client.taskDefinition.findMany();
      const order = (name: string) => (TASK_NAMES as readonly string[]).indexOf(name);
      return rows
        .filter(({ name }) => isTaskName(name))
        .sort((a, b) => order(a.name) - order(b.name))
        .map(toTask);
    },
    getTask: async (name) => {
      const row = await client.taskDefinition.findUnique({ where: { name } });
      return row === null ? null : toTask(row);
    },
    saveTask: (name, change, now, author) =>
      author === undefined
        ? saveTask(client, name, change, now)
        : client.$transaction((tx) => saveAndTell(tx, name, change, now, author)),
    claimNextRun: async (name, expected, next) => {
      const { count } = await client.taskDefinition.updateMany({
        where: { name, nextRunAt: expected, disabled: false },
        data: { nextRunAt: next },
      });
      return count === 1;
    },
    recordSuccess: async (name, startedAt) => {
      await client.taskDefinition.update({
        where: { name },
        data: { lastRunAt: startedAt, failDelaySeconds: 0, retryAt: null },
      });
    },
    clearDelay: async (name) => {
      await client.taskDefinition.update({
        where: { name },
        data: { failDelaySeconds: 0, retryAt: null },
      });
    },
    recordFailure: async (name, failDelaySeconds, retryAt) => {
      await client.taskDefinition.update({ where: { name }, data: { failDelaySeconds, retryAt } });
    },
  };
}

type Change = Parameters<TaskStore['saveTask']>[1];

async function saveTask(
  client: Prisma.TransactionClient,
  name: TaskName,
  { fields, disabled, customised, nextRunAt, guards }: Change,
  now: Date,
): Promise<TaskState> {
  const { minute, hour, day, month, weekday } = fields;
  const row = await client.taskDefinition.update({
    where: { name },
    data: {
      ...{ minute, hour, day, month, weekday },
      ...{ disabled, customised, nextRunAt, updatedAt: now },
      ...(guards === undefined ? {} : { guards }),
    },
  });
  return toTask(row);
}

/** Saves a task, and tells the audit what it was before, which nobody changes in between. */
async function saveAndTell(
  tx: Prisma.TransactionClient,
  name: TaskName,
  change: Change,
  now: Date,
  { action, ...author }: TaskChangeAuthor,
): Promise<TaskState> {
  await tx.$queryRaw`SELECT FROM task_definitions WHERE name = ${name} FOR NO KEY UPDATE`;
  const before = toTask(await tx.taskDefinition.findUniqueOrThrow({ where: { name } }));
  const after = await saveTask(tx, name, change, now);
  const event = { action, entity: 'task', entityId: name };
  const settings = { before: settingsOf(before), after: settingsOf(after) };
  await recordEvent(tx, { ...event, ...settings }, author, now);
  return after;
}

function settingsOf({ minute, hour, day, month, weekday, disabled, guards }: TaskState): object {
  return { minute, hour, day, month, weekday, disabled, guards };
}

/** One statement, so that several schedulers starting at once agree; what was customised stays. */
async function seedTask(
  client: PrismaClient,
  name: TaskName,
  now: Date,
  nextRun: (fields: ScheduleFields, after: Date) => Date | null,
): Promise<void> {
  const { component, defaultSchedule } = TASKS[name];
  const { minute, hour, day, month, weekday } = defaultSchedule;
  await client.$executeRaw`
    INSERT INTO task_definitions AS t
      (name, component, minute, hour, day, month, weekday, next_run_at, updated_at)
    VALUES (${name}, ${component}, ${minute}, ${hour}, ${day}, ${month}, ${weekday},
            ${nextRun(defaultSchedule, now)}::timestamptz, ${now})
    ON CONFLICT (name) DO UPDATE
      SET (component, minute, hour, day, month, weekday, next_run_at, updated_at)
        = (excluded.component, excluded.minute, excluded.hour, excluded.day, excluded.month,
           excluded.weekday, excluded.next_run_at, excluded.updated_at)
    WHERE NOT t.customised
      AND (t.component, t.minute, t.hour, t.day, t.month, t.weekday)
        IS DISTINCT FROM (excluded.component, excluded.minute, excluded.hour, excluded.day,
                          excluded.month, excluded.weekday)`;
}

function toTask(row: TaskDefinitionModel): TaskState {
  const { name, updatedAt: _updatedAt, guards, ...fields } = row;
  if (!isTaskName(name)) throw new Error(`There is no task called ${name}.`);
  return { name, ...fields, guards: toTexts(guards) };
}
