import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { listOf, taskShape } from './shapes.js';

let database: TestDatabase;
let room: CommandRoom;

beforeAll(async () => {
  database = await createTestDatabase({ migrated: false });
  room = await createCommandRoom({ DATABASE_URL: database.url });
});
afterAll(async () => {
  await database.drop();
  await room.remove();
});

it('is migrated only when that is asked for', async () => {
  const early = await room.runHere('tasks', 'list', '--json');
  expect(early).toMatchObject({ code: 1, stdout: '' });
  expect(early.stderr).toContain('Run "passerelle migrate" first.');

  expect(await room.jsonHere('migrate')).toMatchObject({ queue: 'postgres' });
  expect(await room.jsonHere('migrate')).toEqual({ applied: [], queue: 'postgres' });

  const tasks = listOf(taskShape).parse(await room.jsonHere('tasks', 'list'));
  expect(tasks.items).toHaveLength(7);
});

it('is not named with its password by the doctor', async () => {
  const url = new URL(database.url);
  const { stdout, stderr } = await room.runHere('doctor');

  expect(stdout).toContain(`${url.host}${url.pathname}`);
  expect(url.password).not.toBe('');
  expect(stdout + stderr).not.toContain(url.password);
});
