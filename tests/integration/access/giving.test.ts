import type { Capability } from '@passerelle/roster';
import {
  type Author,
  type Caller,
  callerOfToken,
  createToken,
  type Giver,
  giveGrant,
  takeGrant,
  type TokenRequest,
} from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHOR, type AccessDatabase, DAY_MS, later, NOW, openAccess } from './open-access.js';

const GRANT: Capability = 'auth/netypareo:grant';
const SYNC: Capability = 'auth/netypareo:sync';
const VIEW: Capability = 'auth/netypareo:viewruns';

let db: AccessDatabase;
/** Holds everything that a test gives them. */
let maker: number;
let other: number;
beforeAll(async () => {
  db = await openAccess();
});
beforeEach(async () => {
  await db.reset();
  maker = await db.addUser('1');
  other = await db.addUser('2');
  // Somebody else keeps the last right to grant.
  await db.give(await db.addUser('3'), GRANT);
});
afterAll(() => db.dispose());

const as = (userId: number): Caller => ({ kind: 'user', userId, sessionId: 1, accesses: [] });
const LIES: Author = { ...AUTHOR, by: 'cli:somebody-else' };

async function tokenOf(giver: Giver, request: Partial<TokenRequest> = {}, now = NOW) {
  const asked = { name: 'T', capabilities: [SYNC], siteCodes: [], expiresAt: null, ...request };
  const author = giver === 'administrator' ? AUTHOR : LIES;
  return createToken(db.at(now), asked, giver, author);
}

async function made(giver: Giver, request: Partial<TokenRequest> = {}) {
  const result = await tokenOf(giver, request);
  if (result.outcome !== 'done') throw new Error(`It was ${result.outcome}.`);
  return result;
}

const rightsOf = async (secret: string, now = NOW) =>
  (await callerOfToken(db.at(now), secret))?.accesses.map(({ capability, siteCode }) => [
    ...[capability, siteCode],
  ]);

describe('giving a right', () => {
  const give = (
    capability: Capability,
    siteCode: string | null = null,
    expiresAt: Date | null = null,
    giver: Giver = as(maker),
  ) => giveGrant(db.at(NOW), { userId: other, capability, siteCode, expiresAt }, giver, LIES);

  it('needs the right to grant, and the right itself', async () => {
    expect(await give(SYNC)).toEqual({ outcome: 'beyond_reach' });
    await db.give(maker, SYNC);
    expect(await give(SYNC)).toEqual({ outcome: 'beyond_reach' });
    await db.give(maker, GRANT);
    expect(await give(SYNC)).toMatchObject({
      outcome: 'done',
      grant: { grantedBy: `user:${maker}` },
    });
    expect(await give(VIEW)).toEqual({ outcome: 'beyond_reach' });
    expect((await db.events())[0]).toMatchObject({ actor: `user:${maker}` });
  });

  it('for a site does not reach beyond it', async () => {
    await db.give(maker, GRANT, '1');
    await db.give(maker, SYNC);
    expect(await give(SYNC)).toEqual({ outcome: 'beyond_reach' });
    expect(await give(SYNC, '2')).toEqual({ outcome: 'beyond_reach' });
    expect(await give(GRANT)).toEqual({ outcome: 'beyond_reach' });
    expect(await give(SYNC, '1')).toMatchObject({ outcome: 'done' });
  });

  it('does not outlast the own one, not even for oneself', async () => {
    await db.give(maker, GRANT, null, later(DAY_MS));
    await db.give(maker, SYNC, null, later(2 * DAY_MS));
    expect(await give(SYNC)).toEqual({ outcome: 'beyond_reach' });
    expect(await give(SYNC, null, later(2 * DAY_MS))).toEqual({ outcome: 'beyond_reach' });
    const grant = { userId: maker, capability: GRANT, siteCode: null, expiresAt: null };
    expect(await giveGrant(db.at(NOW), grant, as(maker), LIES)).toEqual({
      outcome: 'beyond_reach',
    });
    expect(await give(SYNC, null, later(DAY_MS))).toMatchObject({ outcome: 'done' });
  });

  it('is nothing for the suspended, and everything for who runs the machine', async () => {
    await db.give(maker, GRANT);
    await db.give(maker, SYNC);
    await db.suspend(maker);
    expect(await give(SYNC)).toEqual({ outcome: 'beyond_reach' });
    expect(await give(VIEW, null, null, 'administrator')).toMatchObject({ outcome: 'done' });
  });

  it('by a token goes as far as the token', async () => {
    await db.give(maker, GRANT);
    await db.give(maker, SYNC);
    const { token } = await made(as(maker), { capabilities: [GRANT, SYNC], siteCodes: ['1'] });
    const giver: Giver = { kind: 'token', tokenId: token.id, name: 'T', accesses: [] };
    expect(await give(SYNC, null, null, giver)).toEqual({ outcome: 'beyond_reach' });
    expect(await give(SYNC, '1', null, giver)).toMatchObject({ outcome: 'done' });
  });
});

describe('taking a right', () => {
  it('works where one may grant; elsewhere it does not exist', async () => {
    const [everywhere, here] = [await db.give(other, SYNC), await db.give(other, SYNC, '1')];
    const take = (id: number) => takeGrant(db.at(NOW), id, as(maker), LIES);
    expect(await take(here)).toEqual({ outcome: 'unknown_grant' });
    await db.give(maker, GRANT, '1');
    expect(await take(everywhere)).toEqual({ outcome: 'unknown_grant' });
    expect(await take(here)).toMatchObject({ outcome: 'done' });
    expect((await db.events())[0]).toMatchObject({ actor: `user:${maker}` });
  });
});

describe('a token', () => {
  beforeEach(async () => {
    await db.give(maker, GRANT);
    await db.give(maker, SYNC, '1');
  });

  it('can do what was asked for, and no more', async () => {
    const { secret, token } = await made(as(maker), { siteCodes: ['1'] });
    expect(secret).toMatch(/^psr_\d+_[\w-]{43}$/);
    expect(token.createdBy).toBe(`user:${maker}`);
    expect(await rightsOf(secret)).toEqual([[SYNC, '1']]);
    const kept = await db.sql.query('SELECT * FROM api_tokens');
    expect(JSON.stringify(kept.rows)).not.toContain(secret.slice(-43));
  });

  it('is not made to do more than its maker', async () => {
    expect(await tokenOf(as(maker))).toEqual({ outcome: 'beyond_reach', capability: SYNC });
    for (const request of [
      { siteCodes: ['2'] },
      { siteCodes: ['1', '2'] },
      { siteCodes: ['1'], capabilities: [SYNC, VIEW] },
    ]) {
      expect(await tokenOf(as(maker), request)).toMatchObject({ outcome: 'beyond_reach' });
    }
    expect(await tokenOf(as(other), { siteCodes: ['1'] })).toEqual({
      ...{ outcome: 'beyond_reach', capability: GRANT },
    });
    expect((await db.tokens.listTokens({ limit: 9 })).items).toEqual([]);
  });

  it('is not made for the past, or a site that is not there', async () => {
    expect(await tokenOf('administrator', { expiresAt: NOW })).toEqual({ outcome: 'past_end' });
    expect(await tokenOf('administrator', { siteCodes: ['1', '9'] })).toEqual({
      ...{ outcome: 'unknown_site', siteCode: '9' },
    });
  });

  it('loses at once what its maker loses', async () => {
    const narrow = await made(as(maker), { siteCodes: ['1'] });
    const wide = await db.give(maker, SYNC);
    const { secret } = await made(as(maker), { capabilities: [SYNC, GRANT] });
    expect(await rightsOf(secret)).toEqual([
      ...[
        [SYNC, '1'],
        [SYNC, null],
        [GRANT, null],
      ],
    ]);
    await db.grants.removeGrant(wide, AUTHOR, NOW);
    expect(await rightsOf(secret)).toEqual([
      ...[
        [SYNC, '1'],
        [GRANT, null],
      ],
    ]);
    await db.suspend(maker);
    expect(await rightsOf(secret)).toEqual([]);
    await db.personal.eraseUser({ id: maker }, { by: 'cli:test', reason: 'request' }, NOW);
    expect(await rightsOf(narrow.secret)).toEqual([]);
  });

  it('of a token dies with it', async () => {
    const parent = await made('administrator', { capabilities: [SYNC, GRANT] });
    const giver: Giver = { kind: 'token', tokenId: parent.token.id, name: 'T', accesses: [] };
    expect(await tokenOf(giver, { capabilities: [VIEW] })).toMatchObject({
      outcome: 'beyond_reach',
    });
    const { secret } = await made(giver, { capabilities: [SYNC] });
    expect(await rightsOf(secret)).toEqual([[SYNC, null]]);
    await db.tokens.revokeToken(parent.token.id, AUTHOR, NOW);
    expect(await rightsOf(secret)).toEqual([]);
  });

  it('of whoever runs the machine keeps what it has', async () => {
    const { secret } = await made('administrator', { siteCodes: ['2'], expiresAt: later(DAY_MS) });
    expect(await rightsOf(secret)).toEqual([[SYNC, '2']]);
    expect(await rightsOf(secret, later(DAY_MS))).toBeUndefined();
  });

  it('is known by the whole of its text', async () => {
    const { secret, token } = await made('administrator');
    const tail = secret.slice(-43);
    for (const text of [
      ...['', 'psr_', tail, `psr_${token.id + 1}_${tail}`],
      ...[`${secret}\n`, ` ${secret}`, secret.slice(0, -1), `psr_${token.id}_${'A'.repeat(43)}`],
    ]) {
      expect(await callerOfToken(db.at(NOW), text)).toBeNull();
    }
    expect(await callerOfToken(db.at(NOW), secret)).toMatchObject({ kind: 'token', name: 'T' });
  });
});
