import type { Config } from '@passerelle/config';
import { type Database, migrateDatabase, pendingMigrations } from '@passerelle/db';
import { nextDate } from '@passerelle/sync';
import { CommandError } from '../errors.js';
import type { ServerClock } from './server-clock.js';

/**
 * Brings the registry to where commands can use it: migrations, the clock that
 * all processes go by, and the seven task definitions. A database of the
 * administrator's own is only looked at, unless migrating it was asked for.
 *
 * @returns the names of the migrations applied
 * @throws CommandError that says what to run
 */
export async function prepareDatabase(options: {
  url: string;
  database: Database;
  config: Pick<Config, 'timeZone'>;
  now: () => Date;
  clock: Pick<ServerClock, 'follow'>;
  migrate: boolean;
}): Promise<string[]> {
  const { url, database, config, now } = options;
  const applied = options.migrate ? (await migrateDatabase(url)).applied : await refuseOld(url);
  await options.clock.follow(database);
  await database.tasks.seedTasks(now(), (fields, after) =>
    nextDate(fields, after, config.timeZone),
  );
  return applied;
}

async function refuseOld(url: string): Promise<string[]> {
  const missing = await pendingMigrations(url);
  if (missing.length === 0) return [];
  throw new CommandError(
    `The database of DATABASE_URL lacks ${missing.length === 1 ? 'a migration' : `${missing.length} migrations`}. ` +
      'Run "passerelle migrate" first.',
  );
}
