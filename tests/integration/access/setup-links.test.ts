import { CAPABILITIES } from '@passerelle/roster';
import { createSetupLink, isSetupSecret, redeemSetupLink } from '@passerelle/sync';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHOR, type AccessDatabase, DAY_MS, later, NOW, openAccess } from './open-access.js';

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

const keep = (hash: string) =>
  db.setupLinks.keepSetupLink({ hash, createdAt: NOW, expiresAt: later(DAY_MS) }, NOW);
const redeem = (hash: string, userId: number, now = NOW) =>
  db.setupLinks.redeemSetupLink(hash, userId, { ...AUTHOR, by: 'setup' }, now);

it('makes the first person one who may do everything everywhere', async () => {
  expect(await keep('h')).toBe(true);
  expect(await db.setupLinks.hasSetupLink('h', NOW)).toBe(true);
  const result = await redeem('h', user);
  expect(result).toMatchObject({ outcome: 'done' });
  expect(await db.grants.accessesOf(user, NOW)).toEqual(
    CAPABILITIES.map((capability) => ({ capability, siteCode: null, expiresAt: null })),
  );
  expect(await db.grants.hasGrantor(NOW)).toBe(true);
  const actions = (await db.events()).map(({ action }) => action);
  expect(actions.filter((action) => action === 'grant.added')).toHaveLength(CAPABILITIES.length);
  expect(actions.at(-1)).toBe('setup.redeemed');
});

it('is used once, also by several at once', async () => {
  const people = [user, await db.addUser('2'), await db.addUser('3')];
  await keep('h');
  const outcomes = await Promise.all(people.map((id) => redeem('h', id)));
  expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual([
    ...['done', 'invalid_link', 'invalid_link'],
  ]);
  const holders = await db.grants.listGrants({ capability: 'auth/netypareo:grant', limit: 9 });
  expect(holders.items).toHaveLength(1);
});

it('holds for a day, and until another is made', async () => {
  await keep('h');
  expect(await redeem('h', user, later(DAY_MS))).toEqual({ outcome: 'invalid_link' });
  expect(await db.setupLinks.hasSetupLink('h', later(DAY_MS))).toBe(false);
  await keep('i');
  expect(await redeem('h', user)).toEqual({ outcome: 'invalid_link' });
  expect(await redeem('i', user)).toMatchObject({ outcome: 'done' });
});

it('is not used up by somebody who may not have it', async () => {
  await keep('h');
  expect(await redeem('h', 9_999)).toEqual({ outcome: 'unknown_user' });
  const suspended = await db.addUser('2');
  await db.suspend(suspended);
  expect(await redeem('h', suspended)).toEqual({ outcome: 'suspended_user' });
  expect(await redeem('h', user)).toMatchObject({ outcome: 'done' });
});

it('is not made, nor holds, once somebody may grant', async () => {
  await keep('h');
  const grant = { userId: user, capability: 'auth/netypareo:grant' as const };
  await db.grants.addGrant({ ...grant, siteCode: null, expiresAt: null }, AUTHOR, NOW);
  expect(await keep('i')).toBe(false);
  expect(await db.setupLinks.hasSetupLink('h', NOW)).toBe(false);
  expect(await redeem('h', user)).toEqual({ outcome: 'invalid_link' });
});

describe('the set-up link', () => {
  it('carries its secret where no server sees it, and works once', async () => {
    const link = await createSetupLink(db.at(NOW), 'https://passerelle.example/');
    expect(link?.url).toMatch(/^https:\/\/passerelle\.example\/setup#[\w-]{43}$/);
    expect(link?.expiresAt).toEqual(later(DAY_MS));
    const secret = link?.url.split('#')[1] ?? '';
    expect(await isSetupSecret(db.at(NOW), 'A'.repeat(43))).toBe(false);
    expect(await isSetupSecret(db.at(NOW), secret)).toBe(true);
    const useUp = () =>
      redeemSetupLink(db.at(NOW), { secret, userId: user }, { ...AUTHOR, by: 'setup' });
    expect(await useUp()).toMatchObject({ outcome: 'done' });
    expect(await useUp()).toEqual({ outcome: 'invalid_link' });
    expect(await createSetupLink(db.at(NOW), 'https://passerelle.example')).toBeNull();
  });

  it('can be made again when nobody may grant any more', async () => {
    await db.give(user, 'auth/netypareo:grant');
    expect(await createSetupLink(db.at(NOW), 'http://127.0.0.1:8080')).toBeNull();
    await db.suspend(user);
    expect(await createSetupLink(db.at(NOW), 'http://127.0.0.1:8080')).not.toBeNull();
  });
});
