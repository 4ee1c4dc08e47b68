import { READINGS, USER_KINDS, type SharingGroup } from '@passerelle/roster';
import { z } from 'zod';
import type { QuarantinedRecord } from '../ports/quarantine.js';

const person = z.string().regex(new RegExp(`^(${USER_KINDS.join('|')}):.+$`));
const place = z.string().nullable();

/** A record that is set aside at present. */
export const quarantinedJson = z.strictObject({
  type: z.literal('record'),
  reading: z.enum(READINGS),
  /** Null: not known; it is the record of this number in its part. */
  code: place,
  period: place,
  site: place,
  group: place,
  record: z.int().positive(),
  reason: z.string(),
  path: z.string(),
  message: z.string(),
  times: z.int().positive(),
  since: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  run: z.int().positive(),
});

/** People who share a login or an address. */
export const sharedJson = z.strictObject({
  /** `same_person`: a teacher who is a tutor, too; nothing needs to be done. */
  type: z.enum(['shared', 'same_person']),
  shares: z.array(z.strictObject({ by: z.enum(['login', 'email']), value: z.string() })),
  people: z.array(person),
  /** Who signs in with it. */
  keeps: person,
});

export type QuarantinedJson = z.infer<typeof quarantinedJson>;
export type SharedJson = z.infer<typeof sharedJson>;

/** A record set aside as JSON. */
export function toQuarantinedJson(record: QuarantinedRecord): QuarantinedJson {
  const { reading, code, reason, path, message, times } = record;
  const { periodCode: period, siteCode: site, groupCode: group } = record;
  return {
    ...{ type: 'record', reading, code, period, site, group, record: record.ordinal },
    ...{ reason, path, message, times },
    since: record.since.toISOString(),
    lastSeenAt: record.lastSeenAt.toISOString(),
    run: record.runId,
  };
}

/** People who share something as JSON. */
export function toSharedJson({ shares, people, isSamePerson }: SharingGroup): SharedJson {
  const references = people.map(({ kind, code }) => `${kind}:${code}`);
  return {
    type: isSamePerson ? 'same_person' : 'shared',
    shares,
    people: references,
    keeps: references[0] ?? '',
  };
}
