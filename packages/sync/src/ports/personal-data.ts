import type { IsoDate, UserKind } from '@passerelle/roster';

/** Whom personal data are about: as the source names them, or by the registry's id. */
export type PersonReference = { kind: UserKind; code: string } | { id: number };

/** Who asked for it, and why where that must be said. */
export interface Warrant {
  /** A person of the registry by id, a token, or `cli:ACCOUNT`. */
  by: string;
  /** An address, or nothing where it was a command. */
  from?: string | null;
  reason: string;
}

/**
 * Everything that is kept on a person: table by table (name and columns as in the
 * database, described in docs/fr/rgpd.md), each with its rows. `staging` holds what
 * runs under way have read of them.
 */
export interface PersonExport {
  kind: UserKind;
  code: string;
  tables: Record<string, Record<string, unknown>[]>;
}

/** What an erasure took away, by table. */
export interface Erasure {
  kind: UserKind;
  code: string;
  /** The id they had; null: they were not in the registry. */
  userId: number | null;
  rows: Record<string, number>;
}

/** By kind, the day up to which people were suspended who may be erased now; null: nobody may. */
export type LeaversDue = Readonly<Record<UserKind, IsoDate | null>>;

/** Recognises those who were erased, by hash. */
export interface ErasedPeople {
  /** Nobody was: no need to ask for each. */
  isEmpty: boolean;
  has(kind: UserKind, code: string): boolean;
}

/** What the law gives people a right to (docs/fr/rgpd.md). */
export interface PersonalData {
  /** Null: nothing is kept on such a person. Leaves an audit event. */
  exportUser(
    person: PersonReference,
    warrant: Omit<Warrant, 'reason'>,
    now: Date,
  ): Promise<PersonExport | null>;
  /**
   * Erases a person from every table, in one transaction, and keeps the source from
   * bringing them back until {@link allowUser}. What must still reach a target stays
   * in the outbox, by id. Waits for a reconciling under way. Also for somebody who is
   * not in the registry; null where an id is unknown. The last who may grant everywhere
   * is not erased (`last_grantor`): somebody else is to be given the right first.
   */
  eraseUser(
    person: PersonReference,
    warrant: Warrant,
    now: Date,
  ): Promise<Erasure | 'last_grantor' | null>;
  /**
   * Erases people who have been suspended long enough, a bounded number of them, each as
   * {@link eraseUser} does but without a tombstone: they left, and should the source have
   * them again, they have come back. Nobody who is protected, and nobody whom a run under
   * way may just have found; does not wait for a reconciling.
   *
   * @param reason for the audit, without names
   * @returns how many, and whether there may be more
   */
  eraseLeavers(
    due: LeaversDue,
    reason: string,
    now: Date,
  ): Promise<{ erased: number; more: boolean }>;
  /** What {@link eraseUser} would take away. */
  previewErasure(person: PersonReference): Promise<Erasure | null>;
  /**
   * Lets the next run take an erased person up again.
   * @returns false if they were not erased
   */
  allowUser(
    person: { kind: UserKind; code: string },
    warrant: Warrant,
    now: Date,
  ): Promise<boolean>;
  erasedPeople(): Promise<ErasedPeople>;
}
