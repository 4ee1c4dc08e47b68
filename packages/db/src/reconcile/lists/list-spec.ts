import type { Reading } from '@passerelle/roster';
import { DEFINITIONS, GROUPS, type RowSpec, SITES } from '../rows/row-spec.js';

/** A plain list: rows without links of their own. */
export interface ListSpec {
  rows: RowSpec;
  table: 'sites' | 'groups' | 'definitions';
  /** Columns that the source's record fills. */
  sourced: readonly string[];
  /** SQL: the reading that the row of alias `t` comes from. */
  readingOf: string;
  /** Further columns that are looked up, and the join (to alias `s`, the staged row) that finds them. */
  lookedUp: { columns: string; join: string };
  /** The column that says which site's share a row belongs to, where there is one. */
  siteColumn: string | null;
}

const NOTHING_LOOKED_UP = { columns: '', join: '' };

const SITE_LIST: ListSpec = {
  rows: SITES,
  table: 'sites',
  sourced: ['name', 'short_name'],
  readingOf: `'sites'`,
  lookedUp: NOTHING_LOOKED_UP,
  siteColumn: null,
};

const GROUP_LIST: ListSpec = {
  rows: GROUPS,
  table: 'groups',
  sourced: [
    'name',
    'short_name',
    'period_code',
    'site_code',
    'program_code',
    'starts_on',
    'ends_on',
  ],
  readingOf: `CASE t.kind WHEN 'initial' THEN 'groups' ELSE 'pdgroups' END`,
  lookedUp: {
    columns: 'site.id AS site_id,',
    join: 'LEFT JOIN sites site ON site.code = s.site_code',
  },
  siteColumn: 'site_code',
};

const DEFINITION_LIST: ListSpec = {
  rows: DEFINITIONS,
  table: 'definitions',
  sourced: ['label', 'starts_on', 'ends_on'],
  readingOf: `'definitions.' || t.domain`,
  lookedUp: NOTHING_LOOKED_UP,
  siteColumn: null,
};

/** The list that a reading which brings no people fills. */
export function listSpecOf(reading: Reading): ListSpec {
  if (reading === 'sites') return SITE_LIST;
  return reading === 'groups' || reading === 'pdgroups' ? GROUP_LIST : DEFINITION_LIST;
}
