import type { IsoDate, UserKind } from '@passerelle/roster';

/** The demo's summary: counts of what is active (architecture, "One run"). */
export interface RegistryTruth {
  sites: number;
  groups: { initial: number; continuing: number };
  users: { student: number; teacher: number; tutor: number };
  memberships: number;
  tutorships: number;
  definitions: number;
}

export interface MembershipTruth {
  group: string;
  role: 'student' | 'teacher';
  from: IsoDate | null;
  to: IsoDate | null;
  active: boolean;
}

/** A user as the architecture prints one, without `updatedAt`. */
export interface UserTruth {
  kind: UserKind;
  code: string;
  login: string | null;
  lastName: string;
  firstName: string;
  email: string | null;
  birthDate: IsoDate | null;
  status: 'active';
  profile: {
    netypareo_usertype: string;
    netypareo_ouverage: string;
    netypareo_status: string;
    netypareo_cursus: string;
    netypareo_program: string;
    netypareo_program_step: string;
  };
  memberships: MembershipTruth[];
  /** Active tutorships only. */
  tutors: string[];
  students: string[];
}

/** What a correct sync of the centre ends with. */
export interface CentreTruth {
  registry: RegistryTruth;
  /** Those present, by kind and code. */
  users: UserTruth[];
  /** Present on an earlier day and gone: `student:123`. */
  left: string[];
  /** Records that a sync must set aside. */
  rejected: number;
  /**
   * Whoever breaks every answer that holds them (`badByte`): `student:123`. They are not
   * among the users, for a first sync cannot read them; whom a sync knew already stays as they were.
   */
  unreadable: string[];
}
