import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, migrateDatabase, pendingMigrations } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import { beforeAll, describe, expect, it } from 'vitest';
import { createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { expectTruth } from '../../support/truth.js';
import { listOf, runShape, taskShape, userShape } from '../cli/shapes.js';
import { CHECKOUT } from './rehearse-image.js';
import { query } from './table-contents.js';

const MIGRATIONS = join(CHECKOUT, 'prisma/migrations');
const DATA = join(import.meta.dirname, 'first-registry.sql');

const TODAY = todayIn('Europe/Paris', new Date());

let names: string[];
let directory: string;
beforeAll(async () => {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  names.sort();
  directory = await mkdtemp(join(tmpdir(), 'passerelle-upgrade-'));
  return () => rm(directory, { recursive: true });
});

/** A database as the first Passerelle left it, with data in all of its tables. */
async function createFirstRegistry(): Promise<TestDatabase> {
  const [first = ''] = names;
  const alone = join(directory, 'first');
  await cp(join(MIGRATIONS, first), join(alone, first), { recursive: true });
  await cp(join(MIGRATIONS, 'migration_lock.toml'), join(alone, 'migration_lock.toml'));
  const database = await createTestDatabase({ migrated: false });
  expect(await migrateDatabase(database.url, alone)).toEqual({ applied: [first] });
  await query(database.url, await readFile(DATA, 'utf8'));
  return database;
}

describe('an upgrade', () => {
  it('from the first migration, with data in it, loses nothing and goes on', async () => {
    const database = await createFirstRegistry();
    const room = await createCommandRoom({ DATABASE_URL: database.url });

    const later = names.slice(1);
    expect(await pendingMigrations(database.url)).toEqual(later);
    expect(await room.jsonHere('migrate')).toMatchObject({ applied: later });
    expect(await pendingMigrations(database.url)).toEqual([]);

    const users = listOf(userShape).parse(await room.jsonHere('users', 'list', '--limit', '100'));
    expect(users.items).toHaveLength(17);
    expect(userShape.parse(await room.jsonHere('users', 'show', 'student:1012'))).toMatchObject({
      ...{ lastName: 'Lefèvre', firstName: 'Quentin', birthDate: '2009-03-01', status: 'active' },
      profile: { netypareo_usertype: 'Apprenant', netypareo_status: 'apprenti' },
    });
    const tasks = listOf(taskShape).parse(await room.jsonHere('tasks', 'list'));
    const taskOf = (wanted: string) => tasks.items.find(({ name }) => name === wanted);
    expect(taskOf('sync_students')).toMatchObject({ minute: '15', hour: '4', customised: true });
    expect(taskOf('sync_tutors')).toMatchObject({ disabled: true });
    const runs = listOf(runShape).parse(await room.jsonHere('runs', 'list', '--state', 'held'));
    expect(runs.items).toHaveLength(1);

    await room.remove();
    await database.drop();
  });

  it('is followed by a sync that ends with the truth', async () => {
    const database = await createFirstRegistry();
    // As large as the one the data are of: a site that lost everybody would be held.
    const centre = { learners: 12, sites: 2, groups: 4, continuingGroups: 1, today: TODAY };
    const simulator: Simulator = await startSimulator({ centre });
    const room = await createCommandRoom({
      DATABASE_URL: database.url,
      NETYPAREO_WSDL: simulator.wsdlUrl,
    });
    await room.jsonHere('migrate');

    const tasks = ['update_caches', 'sync_sites', 'sync_groups', 'sync_pdgroups'];
    for (const task of [...tasks, 'sync_students', 'sync_teachers', 'sync_tutors']) {
      const run = runShape.parse(await room.jsonHere('tasks', 'run', task));
      expect(run).toMatchObject({ task, state: 'succeeded' });
    }

    const db = createDatabase(database.url, { poolSize: 2, log: { warn: () => undefined } });
    await expectTruth(db, simulator);
    await db.close();
    await simulator.close();
    await room.remove();
    await database.drop();
  });

  it('applies what came later to what is there', async () => {
    const database = await createFirstRegistry();
    const next = join(directory, 'next');
    await cp(join(directory, 'first'), next, { recursive: true });
    await mkdir(join(next, '29990101000000_note'));
    await writeFile(
      join(next, '29990101000000_note/migration.sql'),
      `ALTER TABLE "users" ADD COLUMN "note" TEXT NOT NULL DEFAULT 'none';\n`,
    );

    expect(await migrateDatabase(database.url, next)).toEqual({ applied: ['29990101000000_note'] });

    const sql = `SELECT count(*)::int AS users FROM users WHERE note = 'none'`;
    expect(await query(database.url, sql)).toEqual([{ users: 17 }]);
    await database.drop();
  });
});
