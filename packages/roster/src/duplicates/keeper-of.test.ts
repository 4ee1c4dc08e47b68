import { expect, it } from 'vitest';
import { keeperOf } from './keeper-of.js';

it('gives a shared login to learners before teachers before tutors, then to the lowest code', () => {
  const tutor = { kind: 'tutor', code: '1' } as const;
  const teacher = { kind: 'teacher', code: '2' } as const;
  const students = [
    { kind: 'student', code: '10' },
    { kind: 'student', code: '9' },
  ] as const;

  expect(keeperOf([tutor, teacher, ...students])).toEqual(students[1]);
  expect(keeperOf([tutor, teacher])).toEqual(teacher);
  expect(keeperOf([])).toBeNull();
});
