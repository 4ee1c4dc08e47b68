import type { GroupKind, IsoDate } from '../entities.js';
import type { SourceRecord } from '../source-fields.js';
import type { StagedDefinition, StagedGroup, StagedSite } from '../staged.js';
import type { RowOutcome } from './context.js';
import { contentHash } from './hash.js';
import { cleanText, codeOfRejected, MAX_TEXT_LENGTH } from './text.js';

/** A site, cleaned. */
export function normaliseSite({ fields }: SourceRecord): RowOutcome<StagedSite> {
  return withHash({
    code: cleanText(fields['code']) ?? '',
    name: cleanText(fields['name']) ?? '',
    shortName: cleanText(fields['shortName']),
  });
}

/** A group of either kind, cleaned. */
export function normaliseGroup({ fields }: SourceRecord, kind: GroupKind): RowOutcome<StagedGroup> {
  return withHash({
    kind,
    code: cleanText(fields['code']) ?? '',
    name: cleanText(fields['name']) ?? '',
    shortName: cleanText(fields['shortName']),
    periodCode: cleanText(fields['periodCode']),
    siteCode: cleanText(fields['siteCode']),
    programCode: cleanText(fields['programCode']),
    startsOn: (fields['startsOn'] ?? null) as IsoDate | null,
    endsOn: (fields['endsOn'] ?? null) as IsoDate | null,
  });
}

/** One row of a code table, cleaned. */
export function normaliseDefinition(
  { fields }: SourceRecord,
  domain: string,
): RowOutcome<StagedDefinition> {
  return withHash({
    domain,
    code: cleanText(fields['code']) ?? '',
    label: cleanText(fields['label']) ?? '',
    startsOn: (fields['startsOn'] ?? null) as IsoDate | null,
    endsOn: (fields['endsOn'] ?? null) as IsoDate | null,
  });
}

function withHash<Row extends { code: string }>(row: Row): RowOutcome<Row & { hash: string }> {
  const code = codeOfRejected(row.code);
  for (const [path, value] of Object.entries(row)) {
    if (value === '') {
      const message = `${path} is empty; fill it in in NetYParéo.`;
      return { ok: false, code, reason: 'missing_field', path, message };
    }
    if (typeof value === 'string' && value.length > MAX_TEXT_LENGTH) {
      const message = `${path} has ${value.length} characters; at most ${MAX_TEXT_LENGTH} are kept.`;
      return { ok: false, code, reason: 'too_long', path, message };
    }
  }
  return { ok: true, row: { ...row, hash: contentHash(Object.values(row)) } };
}
