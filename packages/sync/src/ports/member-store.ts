/** How a process fares, as it says itself with each sign of life. */
export interface Vitals {
  /** Delay of its event loop since the last sign, 99th percentile, in milliseconds. */
  eventLoopP99Ms: number;
  /** Memory it holds. */
  rssBytes: number;
  /** Room where its data directory is; null: it could not be told. */
  diskFreeBytes: number | null;
}

/** A process of the cluster. */
export interface MemberRow {
  id: string;
  role: string;
  host: string;
  pid: number;
  /** Where its queue is, in words: members of one cluster say the same. */
  queue: string;
  /** Null: another version of Passerelle, which does not say. */
  vitals: Vitals | null;
  startedAt: Date;
  seenAt: Date;
}

/** Which processes are up. */
export interface MemberStore {
  heartbeat(
    member: Pick<MemberRow, 'id' | 'role' | 'host' | 'pid' | 'queue'> & { vitals?: Vitals },
    now: Date,
  ): Promise<void>;
  leave(id: string): Promise<void>;
  /** Members seen since `since`. */
  listMembers(since: Date): Promise<MemberRow[]>;
}
