import type { Reading } from '../entities.js';
import type { SourceRecord } from '../source-fields.js';
import type { Rejection, StagedBatch } from '../staged.js';
import type { NormaliseContext, RowOutcome } from './context.js';
import { recordDigest } from './hash.js';
import { normaliseStudent, normaliseTeacher, normaliseTutor } from './person.js';
import { normaliseDefinition, normaliseGroup, normaliseSite } from './things.js';

/** A mapped record and its position in the part, from 1. */
export interface NumberedRecord {
  ordinal: number;
  record: SourceRecord;
}

/**
 * Turns records of one reading into rows for staging; each that cannot be taken
 * is set aside alone, with its reason. The same records give the same rows,
 * whatever their order or batch.
 */
export function normaliseBatch(
  reading: Reading,
  records: readonly NumberedRecord[],
  context: NormaliseContext,
): { batch: StagedBatch; rejections: Rejection[] } {
  const rejections: Rejection[] = [];
  const each = <Row>(normalise: (record: SourceRecord) => RowOutcome<Row>): Row[] => {
    const rows: Row[] = [];
    for (const { ordinal, record } of records) {
      const outcome = normalise(record);
      if (outcome.ok) rows.push(outcome.row);
      else {
        const { code, reason, path, message } = outcome;
        const digest = code === null ? recordDigest(record) : null;
        rejections.push({ ordinal, code, reason, path, message, digest });
      }
    }
    return rows;
  };
  return { batch: batchOf(reading, each, context), rejections };
}

type Each = <Row>(normalise: (record: SourceRecord) => RowOutcome<Row>) => Row[];

function batchOf(reading: Reading, each: Each, context: NormaliseContext): StagedBatch {
  switch (reading) {
    case 'sites':
      return { of: 'sites', rows: each(normaliseSite) };
    case 'groups':
      return { of: 'groups', rows: each((record) => normaliseGroup(record, 'initial')) };
    case 'pdgroups':
      return { of: 'groups', rows: each((record) => normaliseGroup(record, 'continuing')) };
    case 'students':
      return { of: 'people', rows: each((record) => normaliseStudent(record, context)) };
    case 'teachers':
      return { of: 'people', rows: each((record) => normaliseTeacher(record, context)) };
    case 'tutors':
      return { of: 'people', rows: each((record) => normaliseTutor(record, context)) };
    default:
      return definitionsOf(reading.slice('definitions.'.length), each);
  }
}

function definitionsOf(domain: string, each: Each): StagedBatch {
  return { of: 'definitions', rows: each((record) => normaliseDefinition(record, domain)) };
}
