import { READINGS, USER_KINDS, type SharingGroup } from '@passerelle/roster';
import { z } from 'zod';
import type { QuarantinedRecord } from '../ports/quarantine.js';

const person = z.string().regex(new RegExp(`^(${USER_KINDS.join('|')}):.+$`));
const place = z.string().nullable();

/** A record that is set aside at present. */
const recordJson = z.strictObject({
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
const sharedJson = z.strictObject({
  /** `same_person`: a teacher who is a tutor, too; nothing needs to be done. */
  type: z.enum(['shared', 'same_person']),
  shares: z.array(z.strictObject({ by: z.enum(['login', 'email']), value: z.string() })),
  people: z.array(person),
  /** Who signs in with it. */
  keeps: person,
});

type QuarantineJson = z.infer<typeof recordJson> | z.infer<typeof sharedJson>;

/** A record set aside as JSON. */
export function toQuarantinedJson(record: QuarantinedRecord): QuarantineJson {
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
export function toSharedJson({ shares, people, isSamePerson }: SharingGroup): QuarantineJson {
  const references = people.map(({ kind, code }) => `${kind}:${code}`);
  return {
    type: isSamePerson ? 'same_person' : 'shared',
    shares,
    people: references,
    keeps: references[0] ?? '',
  };
}
