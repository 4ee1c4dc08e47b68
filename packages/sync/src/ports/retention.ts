/** How long each kind of record is kept, in days. */
export interface RetentionDays {
  /** Runs, with their parts. */
  runs: number;
  /** The history of people, links and lists, with its values. */
  changes: number;
  /** Records that runs set aside. */
  rejected: number;
  /** Who did what. */
  audit: number;
}

/** Before when each kind of record is forgotten. */
export type RetentionDates = Record<keyof RetentionDays, Date>;

/** Forgetting what is older than it may be kept. */
export interface Retention {
  /**
   * Takes away one batch of each kind, a bounded one. Runs that are under way or held
   * stay whatever their age, and so does the last good run of each task. Sessions that
   * are over go too.
   * @returns how many rows went, by kind, and whether there may be more
   */
  trim(before: RetentionDates): Promise<{ rows: RetentionDays; more: boolean }>;
}
