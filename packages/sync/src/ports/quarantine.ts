import type { PartScope, Reach, Reading, SharingGroup } from '@passerelle/roster';
import type { Page, PageRequest } from './plan.js';

/** A record that is set aside at present: in runs since then it never came in order. */
export interface QuarantinedRecord extends Omit<PartScope, 'page'> {
  reading: Reading;
  /** Null: not even that is known; it is the record `ordinal` of its part. */
  code: string | null;
  ordinal: number;
  /** Its class, such as `missing_field`. */
  reason: string;
  path: string;
  /** A sentence without values. */
  message: string;
  /** Runs that have set it aside. */
  times: number;
  since: Date;
  lastSeenAt: Date;
  runId: number;
}

/** What waits to be put in order at the source. */
export interface Quarantine {
  /** By list, then the oldest first. */
  listRecords(): Promise<QuarantinedRecord[]>;
  /** A page of the same; within sites the records of their lists only. @throws InvalidCursorError */
  pageRecords(
    filter: PageRequest & { reading?: Reading; siteCode?: string; reach: Reach },
  ): Promise<Page<QuarantinedRecord>>;
  /** Active people who share a login or an address. */
  listSharers(): Promise<SharingGroup[]>;
}
