import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  AUTHOR,
  type AccessDatabase,
  DAY_MS,
  HOUR_MS,
  later,
  MINUTE_MS,
  NOW,
  openAccess,
} from './open-access.js';

let db: AccessDatabase;
beforeAll(async () => {
  db = await openAccess();
});
beforeEach(() => db.reset());
afterAll(() => db.dispose());

describe('a token', () => {
  const create = (hash: string, expiresAt: Date | null = null) =>
    db.tokens.createToken(
      {
        name: 'Intranet',
        capabilities: ['auth/netypareo:sync'],
        siteCodes: ['1'],
        expiresAt,
        hash,
      },
      AUTHOR,
      NOW,
    );

  it('is known again by its hash, which neither lists nor the audit tell', async () => {
    const token = await create('the-hash');
    expect(token).toMatchObject({ name: 'Intranet', createdBy: 'cli:test', lastUsedAt: null });
    expect(await db.tokens.useToken('the-hash', NOW)).toMatchObject({ id: token.id });
    expect(await db.tokens.useToken('another', NOW)).toBeNull();
    const told = [await db.tokens.listTokens({ limit: 9 }), await db.events()];
    expect(JSON.stringify(told)).not.toContain('the-hash');
    expect(await db.events()).toMatchObject([
      { action: 'token.created', entityId: String(token.id), after: { siteCodes: ['1'] } },
    ]);
  });

  it('ends', async () => {
    await create('h', later(DAY_MS));
    expect(await db.tokens.useToken('h', later(DAY_MS - 1))).not.toBeNull();
    expect(await db.tokens.useToken('h', later(DAY_MS))).toBeNull();
  });

  it('is revoked once', async () => {
    const { id } = await create('h');
    expect(await db.tokens.revokeToken(id, AUTHOR, NOW)).toMatchObject({ revokedAt: NOW });
    expect(await db.tokens.revokeToken(id, AUTHOR, later(1))).toMatchObject({ revokedAt: NOW });
    expect(await db.tokens.useToken('h', NOW)).toBeNull();
    expect(await db.tokens.revokeToken(9_999, AUTHOR, NOW)).toBeNull();
    expect((await db.events()).map(({ action }) => action)).toEqual([
      ...['token.revoked', 'token.created'],
    ]);
  });

  it('notes its last use, once a minute', async () => {
    const { id } = await create('h');
    const lastUse = async () => (await db.tokens.getToken(id))?.lastUsedAt;
    await db.tokens.useToken('h', NOW);
    await db.tokens.useToken('h', later(MINUTE_MS - 1));
    expect(await lastUse()).toEqual(NOW);
    await db.tokens.useToken('h', later(MINUTE_MS));
    expect(await lastUse()).toEqual(later(MINUTE_MS));
  });
});

describe('a session', () => {
  let userId: number;
  beforeEach(async () => {
    userId = await db.addUser('1');
  });
  const create = (hash: string, replaces: number | null = null) =>
    db.sessions.createSession(
      {
        ...{ userId, hash, createdAt: NOW, replaces },
        ...{ idleUntil: later(HOUR_MS), expiresAt: later(2 * HOUR_MS) },
      },
      AUTHOR,
      NOW,
    );

  it('holds until it was idle too long, or its time is over', async () => {
    const { id } = await create('h');
    expect(await db.sessions.findSession('h', NOW)).toMatchObject({ id, userId, rotatedAt: NOW });
    expect(await db.sessions.findSession('h', later(HOUR_MS))).toBeNull();
    await db.sessions.rotateSession(id, { from: 'h', to: 'i' }, later(DAY_MS), NOW);
    expect(await db.sessions.findSession('i', later(HOUR_MS))).toMatchObject({ id });
    expect(await db.sessions.findSession('i', later(2 * HOUR_MS))).toBeNull();
  });

  it('is rotated by one of several requests; the old hash fits a little longer', async () => {
    const { id } = await create('h');
    const rotate = (to: string) =>
      db.sessions.rotateSession(id, { from: 'h', to }, later(HOUR_MS), NOW);
    const rotated = await Promise.all(['a', 'b', 'c'].map(rotate));
    expect(rotated.filter(Boolean)).toHaveLength(1);
    expect(await db.sessions.findSession('h', later(29_999))).toMatchObject({ id });
    expect(await db.sessions.findSession('h', later(30_000))).toBeNull();
  });

  it('ends once, by itself or when another takes its place, and tells the audit', async () => {
    const { id } = await create('a');
    const next = await create('b', id);
    await create('c');
    expect(await db.sessions.findSession('a', NOW)).toBeNull();
    const ends = [next.id, next.id].map((one) => db.sessions.endSession(one, AUTHOR, NOW));
    expect((await Promise.all(ends)).filter(Boolean)).toHaveLength(1);
    expect(await db.sessions.findSession('b', NOW)).toBeNull();
    expect(await db.sessions.findSession('c', NOW)).not.toBeNull();
    const actions = (await db.events()).map(({ action, entityId }) => [action, entityId]);
    const [began, ended] = ['begun', 'ended'].map((what) => [`session.${what}`, String(userId)]);
    expect(actions.toReversed()).toEqual([began, ended, began, began, ended]);
  });

  it('does not hold for somebody who is suspended, and goes with an erasure', async () => {
    await create('h');
    await db.suspend(userId);
    expect(await db.sessions.findSession('h', NOW)).toBeNull();
    await db.personal.eraseUser({ id: userId }, { by: 'cli:test', reason: 'request' }, NOW);
    expect((await db.sql.query('SELECT FROM sessions')).rowCount).toBe(0);
  });

  it('is forgotten by the housekeeping when it is over', async () => {
    const { id } = await create('over');
    const other = await create('going on');
    const end = (which: number, at: Date) =>
      db.sql.query('UPDATE sessions SET idle_until = $2, expires_at = $2 WHERE id = $1', [
        which,
        at,
      ]);
    await end(id, new Date('2020-01-01'));
    await end(other.id, new Date('2120-01-01'));
    await db.retention.trim({ runs: NOW, changes: NOW, rejected: NOW, audit: NOW });
    expect((await db.sql.query('SELECT id FROM sessions')).rows).toEqual([{ id: other.id }]);
  });
});
