import type { Capability } from '@passerelle/roster';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHOR, type AccessDatabase, DAY_MS, later, NOW, openAccess } from './open-access.js';

const GRANT: Capability = 'auth/netypareo:grant';
const SYNC: Capability = 'auth/netypareo:sync';

let db: AccessDatabase;
let user: number;
beforeAll(async () => {
  db = await openAccess();
});
beforeEach(async () => {
  await db.reset();
  user = await db.addUser('1');
});
afterAll(() => db.dispose());

const give = (
  userId: number,
  capability: Capability,
  siteCode: string | null = null,
  expiresAt: Date | null = null,
) => db.grants.addGrant({ userId, capability, siteCode, expiresAt }, AUTHOR, NOW);

const given = (...args: Parameters<typeof give>) => db.give(...args);

describe('a grant', () => {
  it('gives a capability everywhere or for a site, and leaves an event without names', async () => {
    await given(user, SYNC, '1', later(DAY_MS));
    const id = await given(user, GRANT);

    expect(await db.grants.accessesOf(user, NOW)).toEqual([
      { capability: SYNC, siteCode: '1', expiresAt: later(DAY_MS) },
      { capability: GRANT, siteCode: null, expiresAt: null },
    ]);
    expect(await db.grants.getGrant(id)).toEqual({
      ...{ id, userId: user, user: 'teacher:1', capability: GRANT, siteCode: null },
      ...{ grantedBy: 'cli:test', reason: 'test', createdAt: NOW, expiresAt: null },
    });
    const [event] = await db.events();
    expect(event).toMatchObject({
      ...{ actor: 'cli:test', action: 'grant.added', entity: 'grant', entityId: String(id) },
      ...{ before: null, reason: 'test', from: 'terminal', at: NOW },
      after: { userId: user, capability: GRANT, siteCode: null, expiresAt: null, reason: 'test' },
    });
  });

  it('holds until its end, and while its person is active', async () => {
    await given(user, SYNC, null, later(DAY_MS));
    expect(await db.grants.accessesOf(user, later(DAY_MS - 1))).toHaveLength(1);
    expect(await db.grants.accessesOf(user, later(DAY_MS))).toEqual([]);
    await db.suspend(user);
    expect(await db.grants.accessesOf(user, NOW)).toEqual([]);
    expect((await db.grants.listGrants({ limit: 9 })).items).toHaveLength(1);
    expect((await db.grants.listGrants({ limit: 9, activeAt: NOW })).items).toEqual([]);
  });

  it('given again is the same one, with another end', async () => {
    const id = await given(user, SYNC);
    expect(await given(user, SYNC, null, later(DAY_MS))).toBe(id);
    const [event] = await db.events();
    expect(event).toMatchObject({
      ...{ action: 'grant.changed', before: { expiresAt: null } },
      after: { expiresAt: later(DAY_MS).toISOString() },
    });
  });

  it('given twice at once is one', async () => {
    const ids = await Promise.all([1, 2, 3, 4].map(() => given(user, SYNC)));
    expect(new Set(ids).size).toBe(1);
  });

  it('is not given to nobody, the suspended, an unknown site or the past', async () => {
    expect(await give(9_999, SYNC)).toEqual({ outcome: 'unknown_user' });
    expect(await give(user, SYNC, '3')).toEqual({ outcome: 'unknown_site' });
    expect(await give(user, SYNC, null, NOW)).toEqual({ outcome: 'past_end' });
    await db.suspend(user);
    expect(await give(user, SYNC)).toEqual({ outcome: 'suspended_user' });
    expect(await db.events()).toEqual([]);
  });

  it('that is taken away holds no more', async () => {
    const id = await given(user, SYNC, '2');
    expect(await db.grants.removeGrant(id, AUTHOR, NOW)).toMatchObject({ outcome: 'done' });
    expect(await db.grants.accessesOf(user, NOW)).toEqual([]);
    expect(await db.grants.removeGrant(id, AUTHOR, NOW)).toEqual({ outcome: 'unknown_grant' });
    const [event] = await db.events();
    expect(event).toMatchObject({
      action: 'grant.removed',
      before: { siteCode: '2' },
      after: null,
    });
  });

  it('is listed by person, capability and site, page by page', async () => {
    const other = await db.addUser('2');
    const ids = [
      await given(user, SYNC, '1'),
      await given(user, GRANT),
      await given(other, SYNC, '2'),
    ];
    const list = async (filter: object) =>
      (await db.grants.listGrants({ limit: 9, ...filter })).items.map(({ id }) => id);
    expect(await list({})).toEqual(ids.toReversed());
    expect(await list({ userId: other })).toEqual([ids[2]]);
    expect(await list({ capability: SYNC })).toEqual([ids[2], ids[0]]);
    expect(await list({ siteCodes: ['1'] })).toEqual([ids[0]]);

    const first = await db.grants.listGrants({ limit: 2 });
    expect(first.nextCursor).toBe(String(ids[1]));
    const rest = await db.grants.listGrants({ limit: 2, cursor: first.nextCursor ?? '' });
    expect(rest).toMatchObject({ items: [{ id: ids[0] }], nextCursor: null });
    await expect(db.grants.listGrants({ limit: 2, cursor: "1' OR" })).rejects.toThrow('first page');
  });
});

describe('the last who may grant everywhere', () => {
  const remove = (id: number) => db.grants.removeGrant(id, AUTHOR, NOW);

  it('keeps the right, without an end', async () => {
    const last = await given(user, GRANT);
    const other = await db.addUser('2');
    await given(other, GRANT, '1');
    await given(other, SYNC);
    expect(await remove(last)).toEqual({ outcome: 'last_holder' });
    expect(await give(user, GRANT, null, later(DAY_MS))).toEqual({ outcome: 'last_holder' });
    expect(await db.grants.hasGrantor(later(2 * DAY_MS))).toBe(true);
    await given(other, GRANT);
    expect(await remove(last)).toMatchObject({ outcome: 'done' });
  });

  it('does not rely on somebody whose right ends, or who is suspended', async () => {
    const last = await given(user, GRANT);
    const [ending, gone] = [await db.addUser('2'), await db.addUser('3')];
    await given(ending, GRANT, null, later(DAY_MS));
    await given(gone, GRANT);
    await db.suspend(gone);
    expect(await remove(last)).toEqual({ outcome: 'last_holder' });
  });

  it('is not lost to two removals at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const people = [await db.addUser(`a${round}`), await db.addUser(`b${round}`)];
      const ids = await Promise.all(people.map((id) => given(id, GRANT)));
      const before = await db.grants.listGrants({ capability: GRANT, limit: 9 });
      for (const { id } of before.items) if (!ids.includes(id)) await remove(id);
      const outcomes = (await Promise.all(ids.map(remove))).map(({ outcome }) => outcome);
      expect(outcomes.toSorted()).toEqual(['done', 'last_holder']);
    }
  });

  it('does not keep a sync from suspending them', async () => {
    await given(user, GRANT);
    await db.suspend(user);
    expect(await db.grants.hasGrantor(NOW)).toBe(false);
  });

  it('is not lost to a removal and an erasure at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [one, two] = [await db.addUser(`c${round}`), await db.addUser(`d${round}`)];
      const grants = [await given(one, GRANT), await given(two, GRANT)];
      const before = await db.grants.listGrants({ capability: GRANT, limit: 9 });
      for (const { id } of before.items) if (!grants.includes(id)) await remove(id);
      const warrant = { by: 'cli:test', reason: 'request' };
      const [removed, erased] = await Promise.all([
        remove(grants[0] ?? 0),
        db.personal.eraseUser({ id: two }, warrant, NOW),
      ]);
      expect(removed.outcome === 'last_holder').toBe(erased !== 'last_grantor');
    }
  });

  it('is not erased before somebody else has the right', async () => {
    const erase = (id: number) =>
      db.personal.eraseUser({ id }, { by: 'cli:test', reason: 'request' }, NOW);
    await given(user, GRANT);
    expect(await erase(user)).toBe('last_grantor');
    expect(await db.grants.hasGrantor(NOW)).toBe(true);
    expect((await db.sql.query('SELECT FROM erased_users')).rowCount).toBe(0);
    const others = [await db.addUser('2'), await db.addUser('3')];
    await Promise.all(others.map((id) => given(id, GRANT)));
    expect(await erase(user)).toMatchObject({ userId: user });
    // Of two who go at once, neither relies on the other.
    const ends = await Promise.all(others.map(erase));
    expect(ends.filter((end) => end === 'last_grantor')).toHaveLength(1);
    // Who is suspended grants nothing, and is erased like anybody else.
    const last = others[ends.indexOf('last_grantor')] ?? 0;
    await db.suspend(last);
    expect(await erase(last)).toMatchObject({ userId: last });
    expect((await db.grants.listGrants({ userId: last, limit: 9 })).items).toEqual([]);
  });
});
