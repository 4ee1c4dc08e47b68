import type { Reading, UserKind } from '@passerelle/roster';

/** The kind of the people a reading brings, or null where it brings something else. */
export function userKindOf(reading: Reading): UserKind | null {
  switch (reading) {
    case 'students':
      return 'student';
    case 'teachers':
      return 'teacher';
    case 'tutors':
      return 'tutor';
    default:
      return null;
  }
}
