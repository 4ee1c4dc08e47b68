import { describe, expect, it } from 'vitest';
import { editDistance, suggestName } from './suggest.js';

const NAMES = ['sync_students', 'sync_sites', 'update_caches'];

describe('suggestName', () => {
  it.each([
    ['sync_student', 'sync_students'],
    ['SYNC_SITES', 'sync_sites'],
    ['students', 'sync_students'],
    ['caches', 'update_caches'],
  ])('takes %s for %s', (name, meant) => {
    expect(suggestName(name, NAMES)).toBe(meant);
  });

  it('does not guess where nothing or too much is near', () => {
    expect(suggestName('frobnicate', NAMES)).toBeUndefined();
    expect(suggestName('sync', NAMES)).toBeUndefined();
    expect(suggestName('', NAMES)).toBeUndefined();
  });

  it('counts edits', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });
});
