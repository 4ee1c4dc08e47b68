import { describe, expect, it } from 'vitest';
import { createCentre } from '../centre.js';
import { createRoll } from '../generate/roll.js';
import type { Centre, Contract, Enrolment, Learner } from '../model.js';
import { currentEnrolment } from './current-enrolment.js';
import { describeCentre } from './describe.js';
import { periodsRead } from './windows.js';

const TODAY = '2026-11-22';
const base = createCentre({ today: TODAY, learners: 40, formerLearners: 0, enrolments: 1 });
const period = new Map(base.periods.map((entry) => [entry.code, entry]));
const thisYear = new Map([...period].filter(([code]) => code === '2026'));

function enrolment(change: Partial<Enrolment>): Enrolment {
  const [template] = base.learners.at(0).enrolments;
  if (template === undefined) {
    throw new Error('The centre made for this test has a learner without an enrolment.');
  }
  return { ...template, current: false, startsOn: null, departsOn: null, ...change };
}

/** The centre with one learner, changed. */
function withLearner(change: Partial<Learner>, contracts: Contract[] = []): Centre {
  const learner = { ...base.learners.at(0), ...change };
  const tutors = base.tutors.slice(0, 1).map((tutor) => ({ ...tutor, contracts }));
  return { ...base, learners: createRoll(1, () => learner), tutors };
}

const learnerOf = (centre: Centre, today = TODAY) => {
  const [user] = describeCentre(centre, today).users;
  return user;
};

describe('the current enrolment', () => {
  const choose = (...enrolments: Enrolment[]) =>
    currentEnrolment(enrolments, thisYear, TODAY)?.code;

  it.each([
    [
      'is the flagged one, wherever it stands',
      [enrolment({ code: 1 }), enrolment({ code: 2, current: true, startsOn: '2026-09-01' })],
    ],
    [
      'is not a flagged one that has departed',
      [
        enrolment({ code: 1, current: true, departsOn: '2026-11-21' }),
        enrolment({ code: 2, startsOn: '2026-10-01' }),
      ],
    ],
    [
      'may end today',
      [
        enrolment({ code: 2, current: true, departsOn: TODAY }),
        enrolment({ code: 1, startsOn: '2026-10-01' }),
      ],
    ],
    [
      'is the latest of several flagged ones',
      [
        enrolment({ code: 2, current: true, startsOn: '2026-10-01' }),
        enrolment({ code: 3, current: true, startsOn: '2026-09-15' }),
      ],
    ],
    [
      'is the highest code of equals',
      [enrolment({ code: 1, current: true }), enrolment({ code: 2, current: true })],
    ],
    [
      'is one that holds today before one to come',
      [enrolment({ code: 1, startsOn: '2026-12-01' }), enrolment({ code: 2 })],
    ],
    [
      'is the next to come',
      [
        enrolment({ code: 1, startsOn: '2027-01-10' }),
        enrolment({ code: 2, startsOn: '2026-12-01' }),
        enrolment({ code: 3, departsOn: '2026-10-01' }),
      ],
    ],
    [
      'is the last that ended when there is nothing else',
      [
        enrolment({ code: 2, startsOn: '2026-10-01', departsOn: '2026-10-05' }),
        enrolment({ code: 1, startsOn: '2026-09-01', departsOn: '2026-11-05' }),
      ],
    ],
    [
      'is never of a period that is not read',
      [enrolment({ code: 3, periodCode: '2025', current: true }), enrolment({ code: 2 })],
    ],
  ])('%s', (_, enrolments) => {
    expect(choose(...enrolments)).toBe(2);
    expect(choose(...enrolments.toReversed())).toBe(2);
  });
});

describe('describeCentre', () => {
  it.each([
    ['2026-11-22', ['2026']],
    ['2027-06-02', ['2026']],
    ['2027-06-03', ['2026', '2027']],
    ['2027-08-31', ['2026', '2027']],
  ])('reads on %s the periods %j', (today, codes) => {
    expect([...periodsRead(base, today).keys()]).toEqual(codes);
  });

  it('merges places in one group to their widest dates', () => {
    const user = learnerOf(
      withLearner({
        enrolments: [
          enrolment({ code: 1, startsOn: '2026-09-05', departsOn: '2026-09-20' }),
          enrolment({ code: 2, startsOn: '2026-10-01', departsOn: '2026-11-30' }),
        ],
      }),
    );
    expect(user?.memberships).toEqual([
      { group: '10000', role: 'student', from: '2026-09-05', to: '2026-11-30', active: true },
    ]);
  });

  it('fills open dates from the period and looks at today', () => {
    const centre = withLearner({ enrolments: [enrolment({ departsOn: '2026-11-22' })] });
    expect(learnerOf(centre)?.memberships[0]).toMatchObject({ from: '2026-09-01', active: true });
    expect(learnerOf(centre, '2026-11-23')?.memberships[0]?.active).toBe(false);
  });

  it.each([
    ['2008-11-22', 'majeur'],
    ['2008-11-23', 'mineur'],
    [null, ''],
  ])('takes whoever was born on %s for "%s"', (birthDate, ouverage) => {
    expect(learnerOf(withLearner({ birthDate }))?.profile.netypareo_ouverage).toBe(ouverage);
  });

  it('lets those born on 29 February come of age on 1 March of a common year', () => {
    const centre = withLearner({
      birthDate: '2008-02-29',
      enrolments: [enrolment({ periodCode: '2025' })],
    });
    expect(learnerOf(centre, '2026-02-28')?.profile.netypareo_ouverage).toBe('mineur');
    expect(learnerOf(centre, '2026-03-01')?.profile.netypareo_ouverage).toBe('majeur');
  });

  it.each<[string, Partial<Contract>, number]>([
    ['runs today', {}, 1],
    ['was terminated yesterday', { terminatedOn: '2026-11-21' }, 0],
    ['is terminated today', { terminatedOn: '2026-11-22' }, 1],
    ['begins tomorrow', { startsOn: '2026-11-23' }, 0],
    ['is an interim one', { companyCode: null }, 1],
    ['is of a learner nobody has read', { learnerCode: 1 }, 0],
  ])('counts a contract that %s', (_, change, count) => {
    const { code } = base.learners.at(0);
    const contract = {
      code: 1,
      learnerCode: code,
      companyCode: 700,
      startsOn: '2026-09-01',
      endsOn: '2027-08-31',
      terminatedOn: null,
    };
    const truth = describeCentre(withLearner({}, [{ ...contract, ...change }]));
    expect(truth.registry.tutorships).toBe(count);
    expect(truth.users[0]?.tutors).toEqual(count === 0 ? [] : ['tutor:501']);
  });

  it('leaves out learners of other periods and bad records', () => {
    const past = withLearner({ enrolments: [enrolment({ periodCode: '2025' })] });
    expect(describeCentre(past).registry.users.student).toBe(0);
    const bad = describeCentre(withLearner({ bad: true }));
    expect([bad.registry.users.student, bad.rejected]).toEqual([0, 1]);
  });

  it('counts what it lists', () => {
    const { registry, users } = describeCentre(createCentre({ today: TODAY, day: 2 }));
    const active = users.flatMap(({ memberships }) => memberships).filter((one) => one.active);
    expect(active).toHaveLength(registry.memberships);
    expect(users.filter(({ kind }) => kind === 'tutor')).toHaveLength(registry.users.tutor);
    const charges = users.flatMap(({ students }) => students);
    expect(charges.toSorted()).toEqual(
      users.flatMap(({ kind, code, tutors }) => tutors.map(() => `${kind}:${code}`)).toSorted(),
    );
    for (const { login, email } of users) {
      expect(login).toBe(login?.trim().toLowerCase() ?? null);
      expect(email).toBe(email?.trim().toLowerCase() ?? null);
    }
  });
});
