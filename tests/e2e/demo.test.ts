import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../support/cli.js';
import { demoShape, readAllUsers, truthShape, type TruthUser } from './shapes.js';

const STYLES = [
  { style: 'literal', flags: ['--style', 'literal', '--learners', '200'] },
  { style: 'encoded', flags: ['--style', 'encoded', '--learners', '400', '--seed', '7'] },
];
const TODAY = ['--today', '2026-11-20'];

describe.each(STYLES)('the demo against a simulator that answers $style', ({ flags }) => {
  let room: CommandRoom;
  let truth: z.infer<typeof truthShape>;

  beforeAll(async () => {
    room = await createCommandRoom();
    truth = truthShape.parse(await room.json('simulator', '--describe', ...TODAY, ...flags));
  });
  afterAll(() => room.remove());

  it('ends with the truth', async () => {
    const summary = demoShape.parse(await room.json('demo', '--once', ...TODAY, ...flags));

    expect(summary.registry).toEqual(truth.registry);
    expect(summary.runs.map(({ state }) => state)).toEqual(Array(7).fill('succeeded'));
    expect(summary.runs.map(({ read, created }) => read === created)).toEqual(Array(7).fill(true));
  });

  it('changes nothing the second time', async () => {
    const summary = demoShape.parse(await room.json('demo', '--once', ...TODAY, ...flags));

    expect(summary.registry).toEqual(truth.registry);
    for (const run of summary.runs) {
      expect(run).toMatchObject({ state: 'succeeded', created: 0, updated: 0, suspended: 0 });
      expect(run.unchanged).toBe(run.read);
    }
  });

  it('knows every person as the truth does', async () => {
    const users = await readAllUsers(room);

    expect(users.length).toBe(truth.users.length);
    const found = new Map(users.map((user) => [keyOf(user), user]));
    for (const user of truth.users) expect(found.get(keyOf(user))).toEqual(user);
  });
});

function keyOf({ kind, code }: TruthUser): string {
  return `${kind}:${code}`;
}
