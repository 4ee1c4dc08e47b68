import { type OpenedDatabase, openDatabase } from '@passerelle/db';
import { addDays, todayIn } from '@passerelle/roster';
import { type Simulator, startSimulator } from '@passerelle/simulator';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { listOf, runShape, userShape } from './shapes.js';

const TODAY = todayIn('Europe/Paris', new Date());
const SHAPE = { today: TODAY, learners: 20, teachers: 2, tutors: 2, sites: 1, groups: 2 };
const SUSPENDS = addDays(TODAY, 7);
const ERASES = addDays(TODAY, 97);

const protection = { by: z.string(), at: z.iso.datetime(), reason: z.string() };
const protectionShape = z.strictObject({ ref: z.string(), ...protection });
const whyShape = z.object({
  status: z.enum(['active', 'suspended']),
  leaving: z
    .strictObject({
      missingOn: z.iso.date(),
      suspendsOn: z.iso.date().nullable(),
      erasesOn: z.iso.date().nullable(),
    })
    .nullable(),
  protection: z.strictObject(protection).nullable(),
});

let room: CommandRoom;
let simulator: Simulator;
let server: OpenedDatabase;
/** Any of initial training. */
let group: string;

/** Somebody whom the source has never had. */
const GONE = 'student:gone';

beforeAll(async () => {
  simulator = await startSimulator({ centre: SHAPE });
  room = await createCommandRoom({
    NETYPAREO_WSDL: simulator.wsdlUrl,
    PASSERELLE_ERASE_AFTER_DAYS: '90',
  });
  const log = { info: () => undefined, warn: () => undefined };
  server = await openDatabase({ dataDir: room.dataDir, log, settings: { fsync: 'off' } });
  for (const task of ['update_caches', 'sync_sites', 'sync_groups', 'sync_students']) {
    await room.jsonHere('tasks', 'run', task);
  }
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(
    `INSERT INTO users (kind, code, last_name, first_name, content_hash, search_name, search_first_name)
     VALUES ('student', 'gone', 'Nom', 'Zoé', '', '', '')`,
  );
  const { rows } = await client.query<{ code: string }>(
    `SELECT code FROM groups WHERE kind = 'initial' ORDER BY code LIMIT 1`,
  );
  group = rows[0]?.code ?? 'none';
  await client.end();
});
afterAll(async () => {
  await server.release();
  await simulator.close();
  await room.remove();
});

const say = async (...args: string[]) => {
  const { code, stdout, stderr } = await room.runHere(...args);
  return { code, said: stdout + stderr };
};
const why = async () => whyShape.parse(await room.jsonHere('users', 'show', GONE, '--why'));
const isActive = async () =>
  userShape.parse(await room.jsonHere('users', 'show', GONE)).status === 'active';

describe('somebody missing', () => {
  it('is announced by a dry run as somebody whose grace begins', async () => {
    const { said } = await say('tasks', 'run', 'sync_students', '--dry-run', '--changes');
    expect(said).toMatch(/missing +user +1/);
    expect(said).toMatch(new RegExp(`missing_on +- +${TODAY}`));
    expect(said).toMatch(new RegExp(`suspends_on +- +${SUSPENDS}`));
    expect(await why()).toMatchObject({ status: 'active', leaving: null });
  });

  it('is shown with the days on which they will be suspended and erased', async () => {
    const { id } = runShape.parse(await room.jsonHere('tasks', 'run', 'sync_students'));
    expect((await say('runs', 'show', String(id))).said).toContain('0 suspended, 1 missing');
    expect(await room.jsonHere('runs', 'show', String(id))).toMatchObject({
      ...{ missing: 1, counts: { suspended: 0 } },
    });
    expect(await isActive()).toBe(true);
    const dates = `missing since ${TODAY}, suspended on ${SUSPENDS}, erased on ${ERASES}`;
    expect((await say('users', 'show', GONE)).said).toContain(`active, ${dates}`);
    expect((await say('users', 'show', GONE, '--why')).said).toContain(dates);
    expect((await why()).leaving).toEqual({
      ...{ missingOn: TODAY, suspendsOn: SUSPENDS, erasesOn: ERASES },
    });
  });

  it('is listed', async () => {
    const list = await room.jsonHere('users', 'list', '--missing');
    expect(
      listOf(userShape)
        .parse(list)
        .items.map(({ code }) => code),
    ).toEqual(['gone']);
    expect((await say('users', 'list', '--missing')).said).toContain(`active until ${SUSPENDS}`);
  });
});

describe('somebody protected', () => {
  it('is shown as such, and not suspended by any run', async () => {
    const protect = ['users', 'protect', GONE, '--reason', 'Works abroad.'];
    expect(await say(...protect)).toMatchObject({ code: 0 });
    room.set({ PASSERELLE_GRACE_STUDENT_DAYS: '0' });
    expect(await room.jsonHere('tasks', 'run', 'sync_students')).toMatchObject({
      counts: { suspended: 0 },
    });
    const { leaving, protection: said } = await why();
    expect(leaving).toMatchObject({ suspendsOn: null, erasesOn: null });
    expect(said).toMatchObject({ reason: 'Works abroad.' });
    const shown = (await say('users', 'show', GONE)).said;
    expect(shown).toMatch(/Protected +by cli:.+ since .+: Works abroad\./);
    expect((await say('users', 'list', '--search', 'gone')).said).toContain('active, protected');
  });

  it('is listed with who did it, when and why', async () => {
    const { items } = listOf(protectionShape).parse(await room.jsonHere('users', 'protected'));
    expect(items).toMatchObject([{ ref: GONE, reason: 'Works abroad.' }]);
    expect((await say('users', 'protected')).said).toContain('Works abroad.');
  });

  it('may be erased all the same, which says so', async () => {
    const { code, said } = await say('users', 'erase', GONE, '--reason', 'Request of 3 May.');
    expect(code).toBe(2);
    expect(said).toContain('They are protected from removals by');
    expect(said).toMatch(/protections +1/);
  });

  it('is suspended when they no longer are', async () => {
    const unprotect = ['users', 'unprotect', GONE, '--reason', 'Has left.'];
    expect(await say(...unprotect)).toMatchObject({ code: 0 });
    expect(await say(...unprotect)).toMatchObject({ code: 2 });
    expect(await room.jsonHere('tasks', 'run', 'sync_students')).toMatchObject({
      counts: { suspended: 1 },
    });
    const line = `suspended, missing since ${TODAY}, suspended on ${TODAY}, erased on ${addDays(TODAY, 90)}`;
    expect((await say('users', 'show', GONE)).said).toContain(line);
  });
});

describe('a group', () => {
  it('is protected, listed and unprotected', async () => {
    const ref = `initial:${group}`;
    expect(await say('groups', 'protect', ref, '--reason', 'Kept by hand.')).toMatchObject({
      code: 0,
    });
    const { items } = listOf(protectionShape).parse(await room.jsonHere('groups', 'protected'));
    expect(items).toMatchObject([{ ref, reason: 'Kept by hand.' }]);
    expect(await say('groups', 'unprotect', ref, '--reason', 'Over.')).toMatchObject({ code: 0 });
    expect((await say('groups', 'protected')).said).toContain('None.');
  });

  it('that is not there, or protecting without a reason, is wrong usage', async () => {
    const refused = [
      ['groups', 'protect', 'initial:none', '--reason', 'Why not.'],
      ['groups', 'protect', 'none', '--reason', 'Why not.'],
      ['users', 'protect', 'student:none', '--reason', 'Why not.'],
      ['users', 'protect', GONE],
      ['users', 'protect', GONE, '--reason', ' '],
    ];
    for (const args of refused) expect(await say(...args)).toMatchObject({ code: 2 });
  });
});
