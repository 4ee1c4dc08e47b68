/** Which processes are up. */
export interface MemberStore {
  heartbeat(
    member: { id: string; role: string; host: string; pid: number; queue: string },
    now: Date,
  ): Promise<void>;
  leave(id: string): Promise<void>;
  /** Members seen since `since`. */
  listMembers(since: Date): Promise<
    {
      id: string;
      role: string;
      host: string;
      pid: number;
      /** Where its queue is, in words: members of one cluster say the same. */
      queue: string;
      startedAt: Date;
      seenAt: Date;
    }[]
  >;
}
