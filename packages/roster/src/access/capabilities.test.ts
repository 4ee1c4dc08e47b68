import { describe, expect, it } from 'vitest';
import { type Access, locksOut, narrowReach, reaches, reachOf } from './capabilities.js';

const accesses: Access[] = [
  { capability: 'auth/netypareo:sync', siteCode: '2' },
  { capability: 'auth/netypareo:sync', siteCode: '1' },
  { capability: 'auth/netypareo:sync', siteCode: '2' },
  { capability: 'auth/netypareo:viewruns', siteCode: '1' },
  { capability: 'auth/netypareo:viewruns', siteCode: null },
];

describe('a reach', () => {
  it('is the sites of all grants of a capability, or everywhere', () => {
    expect(reachOf(accesses, 'auth/netypareo:sync')).toEqual(['1', '2']);
    expect(reachOf(accesses, 'auth/netypareo:viewruns')).toBe('everywhere');
    expect(reachOf(accesses, 'auth/netypareo:grant')).toEqual([]);
  });

  it('of a site does not hold for what belongs to the whole centre', () => {
    expect(reaches(['1'], '1')).toBe(true);
    expect(reaches(['1'], '2')).toBe(false);
    expect(reaches(['1'], null)).toBe(false);
    expect(reaches('everywhere', null)).toBe(true);
    expect(reaches([], '1')).toBe(false);
  });

  it('narrowed by another is what both allow', () => {
    expect(narrowReach('everywhere', ['1'])).toEqual(['1']);
    expect(narrowReach(['1', '2'], 'everywhere')).toEqual(['1', '2']);
    expect(narrowReach(['1', '2'], ['2', '3'])).toEqual(['2']);
  });
});

describe('the last who may grant', () => {
  const forGood = { expiresAt: null };
  const tillMay = { expiresAt: new Date('2027-05-01') };
  const tillJune = { expiresAt: new Date('2027-06-01') };

  it('is not removed, nor given an end', () => {
    expect(locksOut(forGood, [], 'removed')).toBe(true);
    expect(locksOut(forGood, [], tillMay)).toBe(true);
    expect(locksOut(forGood, [], forGood)).toBe(false);
  });

  it('for good does not give way to those whose right ends', () => {
    expect(locksOut(forGood, [tillMay, tillJune], 'removed')).toBe(true);
    expect(locksOut(forGood, [tillMay, tillJune], tillJune)).toBe(true);
    expect(locksOut(forGood, [tillMay, forGood], 'removed')).toBe(false);
  });

  it('with an end keeps at least that', () => {
    expect(locksOut(tillJune, [], 'removed')).toBe(true);
    expect(locksOut(tillJune, [], tillMay)).toBe(true);
    expect(locksOut(tillMay, [], tillJune)).toBe(false);
    expect(locksOut(tillMay, [], forGood)).toBe(false);
    expect(locksOut(tillMay, [tillJune], 'removed')).toBe(false);
  });
});
