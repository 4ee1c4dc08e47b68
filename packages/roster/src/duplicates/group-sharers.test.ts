import fc from 'fast-check';
import { expect, it } from 'vitest';
import { USER_KINDS } from '../entities.js';
import { groupSharers, type SharedHandle } from './group-sharers.js';

const handle = (by: 'login' | 'email', value: string, reference: string): SharedHandle => {
  const [kind = '', code = ''] = reference.split(':');
  return { by, value, kind: kind as SharedHandle['kind'], code };
};

it('groups those who share a login or an address, the one who keeps it first', () => {
  const groups = groupSharers([
    handle('login', 'zoe', 'tutor:7'),
    handle('login', 'zoe', 'student:10'),
    handle('login', 'zoe', 'student:9'),
    handle('email', 'a@mail.example', 'student:2'),
    handle('email', 'a@mail.example', 'student:1'),
  ]);
  expect(groups).toEqual([
    {
      shares: [{ by: 'email', value: 'a@mail.example' }],
      people: [
        { kind: 'student', code: '1' },
        { kind: 'student', code: '2' },
      ],
      isSamePerson: false,
    },
    {
      shares: [{ by: 'login', value: 'zoe' }],
      people: [
        { kind: 'student', code: '9' },
        { kind: 'student', code: '10' },
        { kind: 'tutor', code: '7' },
      ],
      isSamePerson: false,
    },
  ]);
});

it('takes one teacher and one tutor for the same person, once for all they share', () => {
  const both = ['tutor:7', 'teacher:3'].flatMap((reference) => [
    handle('email', 'a@mail.example', reference),
    handle('login', 'a', reference),
  ]);
  expect(groupSharers(both)).toEqual([
    {
      shares: [
        { by: 'login', value: 'a' },
        { by: 'email', value: 'a@mail.example' },
      ],
      people: [
        { kind: 'teacher', code: '3' },
        { kind: 'tutor', code: '7' },
      ],
      isSamePerson: true,
    },
  ]);
  const three = [
    ...both,
    handle('login', 'a', 'tutor:8'),
    handle('email', 'a@mail.example', 'tutor:8'),
  ];
  expect(groupSharers(three)).toMatchObject([{ isSamePerson: false }]);
});

it('says the same whatever the order', () => {
  const handles = fc.record({
    by: fc.constantFrom('login' as const, 'email' as const),
    value: fc.constantFrom('a', 'b'),
    kind: fc.constantFrom(...USER_KINDS),
    code: fc.constantFrom('1', '2', '10', '02', 'x'),
  });
  const rows = fc.uniqueArray(handles, { selector: (row) => JSON.stringify(row) });
  const shuffled = rows.chain((all) =>
    fc.tuple(
      fc.constant(all),
      fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }),
    ),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(groupSharers(other)).toEqual(groupSharers(one));
    }),
  );
});
