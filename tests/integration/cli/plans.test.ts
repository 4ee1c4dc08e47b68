import { type OpenedDatabase, openDatabase } from '@passerelle/db';
import { todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { listOf, runShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = { today: TODAY, learners: 40, teachers: 4, tutors: 4, sites: 2, groups: 4 };
const silent = { info: () => undefined, warn: () => undefined };

// What scripts rely on, written down apart from the product's own schemas.
const image = z.record(z.string(), z.unknown()).nullable();
const changeShape = z.strictObject({
  ...{ entity: z.string(), ref: z.string(), kind: z.string(), held: z.boolean() },
  ...{ site: z.string().nullable(), group: z.string().nullable(), before: image, after: image },
});
const originShape = z.strictObject({
  ...{ run: z.int().nullable(), at: z.iso.datetime(), task: z.string().nullable() },
  trigger: z.string().nullable(),
  ...{ requestedBy: z.string().nullable(), by: z.string().nullable() },
});
const pastShape = changeShape.omit({ held: true }).extend(originShape.shape);
const countShape = { entity: z.string(), kind: z.string(), held: z.boolean(), count: z.int() };
const planShape = z.strictObject({
  run: runShape,
  ...{ dryRun: z.literal(true), held: z.string().nullable() },
  summary: z.strictObject({
    kinds: z.array(z.strictObject(countShape)),
    sites: z.array(z.strictObject({ site: z.string().nullable(), ...countShape })),
    groups: z.array(z.strictObject({ group: z.string(), ...countShape })),
  }),
  ...{ items: z.array(changeShape).optional(), nextCursor: z.string().nullable().optional() },
});

const NOTHING = { ref: '', site: null };

let room: CommandRoom;
let simulator: Simulator;
let server: OpenedDatabase;

beforeAll(async () => {
  simulator = await startSimulator({ centre: SHAPE });
  room = await createCommandRoom({ NETYPAREO_WSDL: simulator.wsdlUrl });
  server = await openDatabase({ dataDir: room.dataDir, log: silent, settings: { fsync: 'off' } });
  for (const task of ['update_caches', 'sync_sites', 'sync_groups']) {
    await room.jsonHere('tasks', 'run', task);
  }
});
afterAll(async () => {
  await server.release();
  await simulator.close();
  await room.remove();
});

const changesOf = async (run: number, ...more: string[]) =>
  listOf(changeShape).parse(await room.jsonHere('runs', 'show', String(run), '--changes', ...more));

describe('a dry run', () => {
  let dry: number;
  let real: number;

  it('shows what the run would do, and then does nothing', async () => {
    const { code, stdout, stderr } = await room.runHere(
      ...['tasks', 'run', 'sync_students', '--dry-run', '--changes'],
    );
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^Dry run \d+, /);
    expect(stdout).toContain('Nothing was changed.');
    expect(stdout).toMatch(/Site +Change +Of +How many/);
    expect(stdout).toMatch(/student:\d+ +created +\d +- +code/);
    const users = listOf(z.unknown()).parse(await room.jsonHere('users', 'list'));
    expect(users.items).toEqual([]);
  });

  it('as JSON is one document, and the run makes exactly its changes', async () => {
    const printed = planShape.parse(
      await room.jsonHere('tasks', 'run', 'sync_students', '--dry-run', '--changes'),
    );
    dry = printed.run.id;
    expect(printed).toMatchObject({ held: null, nextCursor: null });
    expect(printed.summary.kinds).toContainEqual({
      ...{ entity: 'user', kind: 'created', held: false, count: SHAPE.learners },
    });
    real = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_students')).id;
    const made = await changesOf(real, '--limit', '1000');
    const sorted = (items: unknown[] = []) => items.map((item) => JSON.stringify(item)).toSorted();
    expect(sorted(printed.items)).toEqual(sorted(made.items));
    expect(sorted((await changesOf(dry, '--limit', '1000')).items)).toEqual(sorted(made.items));
  });

  it('is filtered as the run is', async () => {
    for (const run of [dry, real]) {
      const users = await changesOf(run, '--entity', 'user', '--limit', '7');
      expect(users.items).toHaveLength(7);
      expect(users.nextCursor).not.toBeNull();
      const [{ ref, site } = NOTHING] = users.items;
      const own = await changesOf(run, '--user', ref);
      expect(own.items.length).toBeGreaterThan(1);
      for (const change of own.items) expect(change.ref).toMatch(new RegExp(`^${ref}(/|$)`));
      const ofSite = await changesOf(run, '--site', String(site), '--limit', '1000');
      expect(new Set(ofSite.items.map((change) => change.site))).toEqual(new Set([site]));
      expect((await changesOf(run, '--kind', 'suspended')).items).toEqual([]);
      const group = own.items.find((change) => change.group !== null)?.group ?? '';
      const ofGroup = await changesOf(run, '--group', group);
      expect(new Set(ofGroup.items.map((change) => change.group))).toEqual(new Set([group]));
      expect((await changesOf(run, '--group', group.split(':')[1] ?? '')).items).toEqual(
        ofGroup.items,
      );
    }
  });

  it('as CSV has a line for each field, ended as RFC 4180 wants it', async () => {
    for (const args of [
      ['tasks', 'run', 'sync_teachers', '--dry-run', '--csv'],
      ['runs', 'show', String(real), '--changes', '--csv', '--limit', '10'],
    ]) {
      const { code, stdout } = await room.runHere(...args);
      expect(code).toBe(0);
      const [head, ...lines] = stdout.split('\r\n');
      expect(head).toBe('entity,ref,kind,held,site,group,field,before,after');
      expect(lines.pop()).toBe('');
      expect(lines.length).toBeGreaterThan(SHAPE.teachers * 5);
      expect(lines.join('')).not.toContain('\n');
    }
  });

  it('is told apart from a run wherever runs are shown', async () => {
    expect((await room.runHere('runs', 'list')).stdout).toMatch(/manual, dry run/);
    expect((await room.runHere('runs', 'show', String(dry))).stdout).toContain('changed nothing');
    expect(await room.jsonHere('runs', 'show', String(dry))).toMatchObject({ dryRun: true });
  });

  it.each([
    [['runs', 'show', '1', '--csv'], '--csv goes with --changes'],
    [['runs', 'show', '1', '--site', '2'], '--site goes with --changes'],
    [['runs', 'show', '999', '--changes'], 'There is no run 999'],
    [['tasks', 'run', 'sync_sites', '--csv'], '--csv goes with --dry-run'],
    [['users', 'show', '1', '--history', '--why'], 'not both'],
    [['groups', 'history', 'X'], 'initial:X or continuing:X'],
    [['groups', 'history', 'initial:X'], 'There is no group "initial:X"'],
    [['runs', 'show', '1', '--changes', '--cursor', 'x'], 'cannot be continued'],
  ])('%j is wrong usage', async (args, sentence) => {
    const { code, stderr } = await room.runHere(...args);
    expect(stderr).toContain(sentence);
    expect(code).toBe(2);
  });

  it('leaves a history of people and groups, and a reason for all of it', async () => {
    const [{ ref } = NOTHING] = (await changesOf(real, '--entity', 'user')).items;
    const history = listOf(pastShape).parse(await room.jsonHere('users', 'show', ref, '--history'));
    expect(history.items.map(({ run }) => run)).toEqual(history.items.map(() => real));
    const group = history.items.find((change) => change.group !== null)?.group ?? '';
    const ofGroup = listOf(pastShape).parse(await room.jsonHere('groups', 'history', group));
    expect(ofGroup.items.some((change) => change.ref === `${ref}/${group}`)).toBe(true);
    expect((await room.runHere('users', 'show', ref, '--history')).stdout).toContain(ref);

    const why = (await room.jsonHere('users', 'show', ref, '--why')) as {
      fields: { name: string; operation: string; paths: string[]; set: unknown }[];
      links: { ref: string; since: unknown }[];
    };
    const email = why.fields.find(({ name }) => name === 'email');
    expect(email).toMatchObject({ operation: 'getApprenants', paths: ['adresse.email'] });
    expect(originShape.parse(email?.set)).toMatchObject({ run: real, task: 'sync_students' });
    expect(why.links.map((link) => link.ref)).toContain(`${ref}/${group}`);
    const { stdout } = await room.runHere('users', 'show', ref, '--why');
    expect(stdout).toContain(`set by run ${real} of sync_students`);
  });
});
