import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestAdultBirthDate, majorityOn } from './majority.js';
import { todayIn } from './today.js';

describe('majorityOn', () => {
  it.each([
    ['2008-06-15', '2026-06-14', 'mineur'],
    ['2008-06-15', '2026-06-15', 'majeur'],
    ['2008-06-15', '2026-06-16', 'majeur'],
    ['2008-02-29', '2026-02-28', 'mineur'],
    ['2008-02-29', '2026-03-01', 'majeur'],
    ['2008-03-01', '2026-02-28', 'mineur'],
    ['2008-03-01', '2026-03-01', 'majeur'],
    ['2010-03-01', '2028-02-29', 'mineur'],
    ['2010-02-28', '2028-02-28', 'majeur'],
    ['2007-12-31', '2025-12-31', 'majeur'],
    ['2008-01-01', '2025-12-31', 'mineur'],
    ['2030-01-01', '2026-01-01', 'mineur'],
    [null, '2026-01-01', ''],
  ])('says of one born on %s on %s: %s', (birthDate, today, expected) => {
    expect(majorityOn(birthDate, today)).toBe(expected);
  });
});

describe('latestAdultBirthDate', () => {
  it.each([
    ['2026-06-15', '2008-06-15'],
    ['2026-02-28', '2008-02-28'],
    ['2026-03-01', '2008-03-01'],
    ['2028-02-29', '2010-02-28'],
  ])('on %s is %s', (today, expected) => {
    expect(latestAdultBirthDate(today)).toBe(expected);
  });

  it('agrees with majorityOn on every day of decades, around the boundary and far from it', () => {
    for (let day = 0; day < 60 * 366; day++) {
      const today = isoDay(Date.UTC(1990, 0, 1), day);
      const latest = latestAdultBirthDate(today);
      for (let near = -3; near <= 3; near++) {
        const born = isoDay(Date.parse(latest), near);
        if (born <= latest !== (majorityOn(born, today) === 'majeur')) {
          expect.fail(`born ${born}, on ${today}: the two rules differ`);
        }
      }
    }
    fc.assert(
      fc.property(fc.nat(80 * 366), fc.nat(80 * 366), (birth, now) => {
        const [born, today] = [isoDay(0, birth), isoDay(0, now)];
        expect(majorityOn(born, today) === 'majeur').toBe(born <= latestAdultBirthDate(today));
      }),
    );
  });
});

describe('todayIn', () => {
  it.each([
    ['2026-06-14T21:59:59Z', 'Europe/Paris', '2026-06-14'],
    ['2026-06-14T22:00:00Z', 'Europe/Paris', '2026-06-15'],
    ['2026-01-14T22:30:00Z', 'Europe/Paris', '2026-01-14'],
    ['2026-01-14T23:00:00Z', 'Europe/Paris', '2026-01-15'],
    ['2026-06-14T23:00:00Z', 'America/Martinique', '2026-06-14'],
    ['2026-06-14T21:00:00Z', 'Indian/Reunion', '2026-06-15'],
  ])('at %s in %s it is %s', (now, timeZone, expected) => {
    expect(todayIn(timeZone, new Date(now))).toBe(expected);
  });
});

function isoDay(from: number, days: number): string {
  return new Date(from + days * 86_400_000).toISOString().slice(0, 10);
}
