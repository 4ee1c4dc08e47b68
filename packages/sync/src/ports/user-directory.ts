import type { DefinitionDomain, GroupKind, IsoDate, Reach, UserKind } from '@passerelle/roster';
import type { Protection } from './protections.js';

/** Counts of what the registry holds that is active; the demo's summary. */
export interface RegistrySummary {
  sites: number;
  groups: { initial: number; continuing: number };
  users: { student: number; teacher: number; tutor: number };
  /** Active, and of a known group. */
  memberships: number;
  /** Active, and of a known learner. */
  tutorships: number;
  definitions: number;
}

export interface UserView {
  kind: UserKind;
  code: string;
  login: string | null;
  lastName: string;
  firstName: string;
  email: string | null;
  birthDate: IsoDate | null;
  status: 'active' | 'suspended';
  /** The day of the run that first missed them, active still or not; null: they are there. */
  missingOn: IsoDate | null;
  /** The day of the run that suspended them. */
  suspendedOn: IsoDate | null;
  /** Null: removals touch them as they do others. */
  protection: Protection | null;
  profile: Record<
    | 'netypareo_usertype'
    | 'netypareo_ouverage'
    | 'netypareo_status'
    | 'netypareo_cursus'
    | 'netypareo_program'
    | 'netypareo_program_step',
    string
  >;
  /** Of known groups, present at the source or removed; `active` says which count today. */
  memberships: {
    group: string;
    role: string;
    from: IsoDate | null;
    to: IsoDate | null;
    active: boolean;
  }[];
  /** `tutor:7` */
  tutors: string[];
  /** `student:12` */
  students: string[];
  updatedAt: Date;
}

export interface UserFilter {
  kind?: UserKind;
  status?: 'active' | 'suspended';
  /** Active still, though no complete reading holds them any more. */
  missing?: true;
  groupCode?: string;
  /** Of the group; whichever kind has the code where it is not said. */
  groupKind?: GroupKind;
  siteCode?: string;
  /** The beginning of a code, login, e-mail address, or last, first or full name, accents and case apart. */
  search?: string;
  /**
   * Where the caller may look: people of these sites, active members of their groups,
   * and the tutors of these. Everywhere by default.
   */
  reach?: Reach;
  /** Users after this position (a page's cursor, opaque). */
  cursor?: string;
  limit: number;
}

/** A person as `kind:code`, by a bare code or login, or by the registry's id. */
export type UserReference = { kind?: UserKind; codeOrLogin: string } | { id: number };

/** Looking people up. */
export interface UserDirectory {
  summary(): Promise<RegistrySummary>;
  /**
   * Without a search by name. With one, whose code, login or address it is come first,
   * then those whose last name begins with it, first name, code, login, address.
   * @throws InvalidCursorError
   */
  listUsers(filter: UserFilter): Promise<{ items: UserView[]; nextCursor: string | null }>;
  /**
   * All that fit, at most ten.
   * @param reference.reach where the caller may look; everywhere by default
   */
  findUsers(reference: UserReference & { reach?: Reach }): Promise<UserView[]>;
  /** By the registry's id. */
  getUser(id: number): Promise<UserView | null>;
  definitionLabels(domain: DefinitionDomain): Promise<Map<string, string>>;
}
