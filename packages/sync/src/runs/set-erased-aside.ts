import {
  codeOfRejected,
  type NumberedRecord,
  type Reading,
  recordDigest,
  type Rejection,
  type StagedBatch,
  type UserKind,
} from '@passerelle/roster';
import type { ErasedPeople } from '../ports/personal-data.js';
import type { ReadRecord } from '../ports/source.js';

const KINDS: Partial<Record<Reading, UserKind>> = {
  students: 'student',
  teachers: 'teacher',
  tutors: 'tutor',
};

/** Records of a batch, those of erased people taken out. */
export interface SparedRecords {
  good: NumberedRecord[];
  /** What the contract could make nothing of. */
  bad: Extract<ReadRecord, { ok: false }>[];
  /** One for each record taken out: counted, and said of nobody. */
  erased: Rejection[];
}

/** Takes the records of erased people out, before anything of them is kept anywhere. */
export function setErasedAside(
  reading: Reading,
  records: readonly ReadRecord[],
  erasedPeople: ErasedPeople,
): SparedRecords {
  const kind = KINDS[reading];
  const spared: SparedRecords = { good: [], bad: [], erased: [] };
  for (const record of records) {
    const said = record.ok ? record.record.fields['code'] : record.code;
    const code = kind === undefined || erasedPeople.isEmpty ? null : codeOfRejected(said);
    if (kind !== undefined && code !== null && erasedPeople.has(kind, code)) {
      const digest = record.ok ? recordDigest(record.record) : (record.digest ?? null);
      spared.erased.push({ ...ERASED, ordinal: record.ordinal, digest });
    } else if (record.ok) spared.good.push(record);
    else spared.bad.push(record);
  }
  return spared;
}

/** Tutors without their charge of erased learners. */
export function withoutErasedCharges(batch: StagedBatch, erased: ErasedPeople): StagedBatch {
  if (erased.isEmpty || batch.of !== 'people') return batch;
  const rows = batch.rows.map((row) => {
    const kept = row.tutorships.filter(({ studentCode }) => !erased.has('student', studentCode));
    return kept.length === row.tutorships.length ? row : { ...row, tutorships: kept };
  });
  return { of: 'people', rows };
}

const ERASED = {
  code: null,
  reason: 'erased',
  path: '',
  message:
    'This person was erased and is not taken up again; "passerelle users allow" would permit it.',
};
