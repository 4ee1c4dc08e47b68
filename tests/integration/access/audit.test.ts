import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHOR, type AccessDatabase, DAY_MS, later, NOW, openAccess } from './open-access.js';

let db: AccessDatabase;
beforeAll(async () => {
  db = await openAccess();
});
beforeEach(() => db.reset());
afterAll(() => db.dispose());

const event = { action: 'task.changed', entity: 'task', entityId: 'sync_sites' };
const record = (changes: object = {}, author: object = {}, now = NOW) =>
  db.record({ ...event, ...changes }, { ...AUTHOR, ...author }, now);
const list = async (filter: object) =>
  (await db.audit.list({ limit: 50, ...filter })).items.map(({ id }) => Number(id));

describe('the audit', () => {
  it('tells who did what, what was and what is, why and from where', async () => {
    await record({ before: { hour: '2' }, after: { hour: '3', at: NOW } });
    expect((await db.audit.list({ limit: 1 })).items).toEqual([
      {
        ...{ id: '1', at: NOW, actor: 'cli:test', ...event, reason: 'test', from: 'terminal' },
        ...{ before: { hour: '2' }, after: { hour: '3', at: NOW.toISOString() } },
      },
    ]);
  });

  it('is searched and read page by page, newest first', async () => {
    await record({}, { by: 'user:42', reason: 'Rentrée 100 %' });
    await record({ action: 'grant.added', entity: 'grant', entityId: '7' }, {}, later(DAY_MS));
    await record({ entityId: 'sync_groups' }, {}, later(2 * DAY_MS));

    expect(await list({})).toEqual([3, 2, 1]);
    expect(await list({ actor: 'user:42' })).toEqual([1]);
    expect(await list({ action: 'grant.added' })).toEqual([2]);
    expect(await list({ entity: 'task', entityId: 'sync_groups' })).toEqual([3]);
    expect(await list({ since: later(DAY_MS), until: later(2 * DAY_MS) })).toEqual([2]);
    expect(await list({ search: 'rentreE' })).toEqual([1]);
    expect(await list({ search: '100 %' })).toEqual([1]);
    expect(await list({ search: '%' })).toEqual([1]);
    for (const nothing of ["' OR true --", '.*', '100 .', '***=x', '\\', '[', '(?i)', 'a{1,9}']) {
      expect(await list({ search: nothing })).toEqual([]);
    }
    const page = await db.audit.list({ limit: 2 });
    expect(page.nextCursor).toBe('2');
    expect(await list({ cursor: '2' })).toEqual([1]);
    await expect(list({ cursor: 'x' })).rejects.toThrow('first page');
  });
});

describe('the audit is append-only', () => {
  beforeEach(() => record({ entity: 'user', entityId: '5', after: { a: 1 } }, { by: 'user:5' }));

  it.each([
    `UPDATE audit_events SET actor = 'user:1'`,
    `UPDATE audit_events SET after = NULL`,
    'DELETE FROM audit_events',
    'TRUNCATE audit_events',
    `SELECT set_config('passerelle.audit_upkeep', 'retention', true); TRUNCATE audit_events`,
    `SELECT set_config('passerelle.audit_upkeep', 'retention', true);
     UPDATE audit_events SET actor = 'user:1'`,
    `SELECT set_config('passerelle.audit_upkeep', 'erasure', true); DELETE FROM audit_events`,
    `SELECT set_config('passerelle.audit_upkeep', 'erasure', true);
     UPDATE audit_events SET reason = NULL`,
    `SELECT set_config('passerelle.audit_upkeep', 'erasure', true);
     UPDATE audit_events SET after = '{"a": 2}'`,
  ])('and refuses: %s', async (sql) => {
    const before = await db.events();
    await expect(db.sql.query(sql)).rejects.toThrow('append-only');
    expect(await db.events()).toEqual(before);
  });

  it('and empties nothing on people who were not erased', async () => {
    const userId = await db.addUser('5');
    await record({ entity: 'user', entityId: String(userId), after: { a: 1 } });
    const before = await db.events();
    await db.sql.query('SELECT empty_audit_events($1)', [userId]);
    expect(await db.events()).toEqual(before);
  });

  it('but for what is older than it may be kept', async () => {
    await record({}, {}, later(DAY_MS));
    const dates = { runs: NOW, changes: NOW, rejected: NOW, audit: later(DAY_MS) };
    expect(await db.retention.trim(dates)).toMatchObject({ rows: { audit: 1 } });
    expect(await list({})).toEqual([2]);
    await expect(db.sql.query('DELETE FROM audit_events')).rejects.toThrow('append-only');
  });

  it('but for values on somebody who was erased, and their addresses', async () => {
    const userId = await db.addUser('1');
    await record({ entity: 'user', entityId: String(userId), after: { name: 'NOM' } });
    await record({}, { by: `user:${userId}`, from: '192.0.2.1' });
    await db.personal.eraseUser({ id: userId }, { by: 'cli:test', reason: 'request' }, NOW);
    const [erased, byThem, aboutThem, other] = await db.events();
    expect(erased).toMatchObject({ action: 'user.erased', entityId: String(userId) });
    expect(byThem).toMatchObject({ actor: `user:${userId}`, from: null });
    expect(aboutThem).toMatchObject({ entityId: String(userId), after: null, from: 'terminal' });
    expect(other).toMatchObject({ entityId: '5', after: { a: 1 } });
  });
});
