import { describe, expect, it } from 'vitest';
import { createCentre } from './centre.js';
import { CANARY_MARK } from './generate/identity.js';
import { type Centre, peopleOf } from './model.js';
import { describeCentre } from './truth/describe.js';

const TODAY = '2026-11-22';

/** All that a centre says, as one text. */
const dump = (centre: Centre): string =>
  JSON.stringify({ ...centre, learners: [...centre.learners] });

const everyone = (centre: Centre) =>
  (['student', 'teacher', 'tutor'] as const).flatMap((kind) => [...peopleOf(centre, kind)]);

describe('createCentre', () => {
  it('makes the same centre of the same options, another of another seed', () => {
    const options = { today: TODAY, learners: 300, day: 4 };
    expect(dump(createCentre(options))).toBe(dump(createCentre(options)));
    expect(dump(createCentre({ ...options, seed: 2 }))).not.toBe(dump(createCentre(options)));
  });

  it.each(['2026-11-22', '2026-09-01', '2027-02-28', '2027-07-14', '2027-08-31'])(
    'has the sizes of the default centre on %s',
    (today) => {
      expect(describeCentre(createCentre({ today })).registry).toMatchObject({
        sites: 4,
        groups: { initial: 120, continuing: 40 },
        users: { student: 2000, teacher: 180, tutor: 900 },
      });
    },
  );

  it('fills exactly the groups asked for, two enrolments each', () => {
    const centre = createCentre({
      today: TODAY,
      learners: 1_000,
      groups: 10,
      continuingGroups: 0,
      enrolments: 2,
    });
    const { users } = describeCentre(centre);
    const sizes = new Map<string, number>();
    for (const { kind, memberships } of users) {
      const group = kind === 'student' ? memberships[0]?.group : undefined;
      if (group !== undefined) {
        sizes.set(group, (sizes.get(group) ?? 0) + 1);
      }
    }
    expect([...sizes.values()]).toEqual(Array.from({ length: 10 }, () => 100));
    expect([...centre.learners].slice(0, 1_000).every((one) => one.enrolments.length === 2)).toBe(
      true,
    );
  });

  it('has the oddities of a real centre', () => {
    const centre = createCentre({ today: TODAY });
    const learners = [...centre.learners];
    const emails = learners.map(({ email }) => email).filter((email) => email !== null);
    expect(new Set(emails).size).toBeLessThan(emails.length); // siblings
    expect(learners.some(({ email }) => email === null)).toBe(true);
    expect(learners.some(({ birthDate }) => birthDate === null)).toBe(true);
    expect(learners.some(({ birthDate }) => birthDate?.endsWith('-02-29'))).toBe(true);
    expect(learners.some(({ login }) => login !== login?.trim())).toBe(true);
    expect(learners.some(({ enrolments }) => enrolments.at(0)?.periodCode === '2025')).toBe(true);
    expect(
      learners.some((one) =>
        one.enrolments.some(({ startsOn }) => startsOn !== null && startsOn > TODAY),
      ),
    ).toBe(true);
    expect(centre.tutors.some(({ contracts }) => contracts.length > 2)).toBe(true);
    expect(
      centre.tutors.some(({ contracts }) => contracts.some((one) => one.companyCode === null)),
    ).toBe(true);
    const teachers = new Set(centre.teachers.map(({ email }) => email));
    expect(centre.tutors.some(({ email }) => email !== null && teachers.has(email))).toBe(true);
    const names = everyone(centre).map(({ lastName }) => lastName);
    for (const pattern of [/^d'/, /^Le /, /-/, /[éèç]/, /^[^a-zà-ý]+$/]) {
      expect(names.some((name) => pattern.test(name))).toBe(true);
    }
    expect(names.every((name) => name === name.normalize('NFC').trim())).toBe(true);
  });

  it('gives everybody a login and an address of their own, families apart', () => {
    const centre = createCentre({ today: TODAY });
    const logins = [...centre.learners].map(({ login }) => login?.trim().toLowerCase());
    const known = logins.filter((login) => login !== undefined);
    expect(new Set(known).size).toBe(known.length);
  });
});

describe('canary', () => {
  it('marks everybody with a nine-digit code and a name that can be searched for', () => {
    const people = everyone(createCentre({ today: TODAY, canary: true, day: 3 }));
    const codes = people.map(({ code }) => String(code));
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.every((code) => /^\d{9}$/.test(code))).toBe(true);
    const mark = CANARY_MARK.toLowerCase();
    for (const { lastName, firstName, login, email } of people) {
      for (const text of [lastName, firstName, login ?? mark, email ?? mark]) {
        expect(text.toLowerCase()).toContain(mark);
      }
    }
  });
});

describe('the days that pass', () => {
  const truthOn = (day: number) => describeCentre(createCentre({ today: TODAY, day }));
  const byKey = (day: number) =>
    new Map(truthOn(day).users.map((user) => [`${user.kind}:${user.code}`, JSON.stringify(user)]));

  it('bring few changes each: some leave, some arrive, some change', () => {
    const [before, after] = [byKey(6), byKey(7)];
    const left = [...before.keys()].filter((key) => !after.has(key));
    const arrived = [...after.keys()].filter((key) => !before.has(key));
    const changed = [...after].filter(([key, user]) => before.has(key) && before.get(key) !== user);
    for (const group of [left, arrived, changed]) {
      expect(group.length).toBeGreaterThan(5);
      expect(group.length).toBeLessThan(150);
    }
  });

  it('name those gone, and let some of them return', () => {
    const [early, late] = [truthOn(3), truthOn(40)];
    const present = new Set(late.users.map((user) => `${user.kind}:${user.code}`));
    expect(late.left.every((key) => !present.has(key))).toBe(true);
    expect(early.left.some((key) => present.has(key))).toBe(true);
    expect(early.left.some((key) => late.left.includes(key))).toBe(true);
    for (const kind of ['student', 'teacher', 'tutor']) {
      expect(late.left.some((key) => key.startsWith(kind))).toBe(true);
    }
  });

  it('leave no active tutorship of a learner who has left', () => {
    const truth = truthOn(10);
    const students = new Set(truth.users.flatMap(({ students: charges }) => charges));
    expect(truth.left.filter((key) => students.has(key))).toEqual([]);
  });

  it('end the contracts of those who left, which go on when they return', () => {
    const contractsOn = (day: number) => {
      const centre = createCentre({ today: TODAY, day });
      const gone = new Set(
        [...centre.learners].filter(({ present }) => !present).map(({ code }) => code),
      );
      return { gone, contracts: centre.tutors.flatMap((tutor) => tutor.contracts) };
    };
    const [before, early, late] = [contractsOn(0), contractsOn(3), contractsOn(40)];
    const ends = new Map(before.contracts.map((one) => [one.code, one.terminatedOn]));
    const ofGone = late.contracts.filter(({ learnerCode }) => late.gone.has(learnerCode));
    expect(ofGone.length).toBeGreaterThan(5);
    expect(ofGone.every((one) => one.terminatedOn !== null && one.terminatedOn < TODAY)).toBe(true);
    const returned = late.contracts.filter(
      ({ code, learnerCode }) =>
        ends.has(code) && early.gone.has(learnerCode) && !late.gone.has(learnerCode),
    );
    expect(returned.length).toBeGreaterThan(0);
    expect(returned.every((one) => one.terminatedOn === ends.get(one.code))).toBe(true);
  });

  it('can be told on a later date without being made anew', () => {
    const options = { today: TODAY, learners: 200 };
    const moved = createCentre({ ...options, origin: TODAY, today: '2026-12-24' });
    expect(dump({ ...moved, shape: createCentre(options).shape })).toBe(
      dump(createCentre(options)),
    );
    expect(describeCentre(moved)).toEqual(describeCentre(createCentre(options), '2026-12-24'));
  });
});
