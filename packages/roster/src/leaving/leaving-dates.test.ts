import { describe, expect, it } from 'vitest';
import { describeLeaving } from './describe-leaving.js';
import {
  type Absence,
  latestMissingDay,
  latestSuspensionDay,
  leavingDates,
} from './leaving-dates.js';
import { LEAVING_DEFAULTS, type LeavingRules } from './leaving-rules.js';

const rules: LeavingRules = { ...LEAVING_DEFAULTS, eraseAfterDays: 90 };
const absence = (said: Partial<Absence>): Absence => ({
  ...{ kind: 'student', missingOn: null, suspendedOn: null, isProtected: false },
  ...said,
});
const learner = (missingOn: string) => absence({ missingOn });

describe('the dates of leaving', () => {
  it('are none for somebody who is there', () => {
    expect(leavingDates(absence({}), rules)).toBeNull();
  });

  it('are computed ahead, each from the one before', () => {
    expect(leavingDates(learner('2026-11-22'), rules)).toEqual({
      missingOn: '2026-11-22',
      suspendsOn: '2026-11-29',
      erasesOn: '2027-02-27',
    });
  });

  it('go by the kind of user', () => {
    const teacher = absence({ kind: 'teacher', missingOn: '2026-11-22' });
    expect(leavingDates(teacher, rules)?.suspendsOn).toBe('2026-11-22');
  });

  it('go by the day on which somebody was really suspended', () => {
    const late = absence({ missingOn: '2026-11-22', suspendedOn: '2026-12-05' });
    expect(leavingDates(late, rules)).toMatchObject({
      suspendsOn: '2026-12-05',
      erasesOn: '2027-03-05',
    });
  });

  it('name no erasure where there is none', () => {
    expect(leavingDates(learner('2026-11-22'), LEAVING_DEFAULTS)?.erasesOn).toBeNull();
  });

  it('stop before whatever a protection keeps off', () => {
    const absent = { ...learner('2026-11-22'), isProtected: true };
    expect(leavingDates(absent, rules)).toMatchObject({ suspendsOn: null, erasesOn: null });
    const suspended = { ...absent, suspendedOn: '2026-11-29' };
    expect(leavingDates(suspended, rules)).toMatchObject({
      suspendsOn: '2026-11-29',
      erasesOn: null,
    });
  });

  it('agree with the days that runs go by, over the change of clocks and of years', () => {
    for (const missingOn of ['2026-10-20', '2026-12-28', '2028-02-25']) {
      const dates = leavingDates(learner(missingOn), rules);
      expect(latestMissingDay(dates?.suspendsOn ?? '', 'student', rules)).toBe(missingOn);
      const erasesOn = dates?.erasesOn ?? '';
      expect(latestSuspensionDay(erasesOn, erasesOn, rules)).toBe(dates?.suspendsOn);
    }
  });
});

describe('erasing', () => {
  it('waits for a good run on the day that it is due', () => {
    expect(latestSuspensionDay('2027-03-10', '2027-02-26', rules)).toBe('2026-11-28');
    expect(latestSuspensionDay('2027-03-10', null, rules)).toBeNull();
  });

  it('is off by default', () => {
    expect(latestSuspensionDay('2027-03-10', '2027-03-10', LEAVING_DEFAULTS)).toBeNull();
  });
});

it('is said in both languages', () => {
  const dates = leavingDates(learner('2026-11-22'), rules);
  expect(dates && describeLeaving(dates)).toEqual({
    fr: 'absent depuis le 2026-11-22, suspendu le 2026-11-29, effacé le 2027-02-27',
    en: 'missing since 2026-11-22, suspended on 2026-11-29, erased on 2027-02-27',
  });
});
