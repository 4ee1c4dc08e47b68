import { describe, expect, it } from 'vitest';
import {
  addDays,
  daysBetween,
  eighteenthBirthday,
  fromFrenchDate,
  isIsoDate,
  schoolYearOf,
  toFrenchDate,
} from './dates.js';

describe('dates', () => {
  it('count days over months, years and the ends of summer time', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2);
  });

  it('are written the French way and read back', () => {
    expect(toFrenchDate('2026-09-01')).toBe('01/09/2026');
    expect(fromFrenchDate(' 01/09/2026 ')).toBe('2026-09-01');
    expect(fromFrenchDate('2026-09-01')).toBeNull();
  });

  it('know which days there are', () => {
    expect(['2028-02-29', '2027-02-29', '2027-13-01', '1/2/2027'].map(isIsoDate)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('belong to the school year that begins on 1 September', () => {
    expect([schoolYearOf('2026-08-31'), schoolYearOf('2026-09-01')]).toEqual([2025, 2026]);
  });

  it('make people of age on their birthday; 29 February on 1 March of a common year', () => {
    expect(eighteenthBirthday('2008-11-22')).toBe('2026-11-22');
    expect(eighteenthBirthday('2008-02-29')).toBe('2026-03-01');
    expect(eighteenthBirthday('2010-02-28')).toBe('2028-02-28');
  });
});
