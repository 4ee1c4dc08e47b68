import type { Reading } from '@passerelle/roster';
import { guardList } from '../guards/guard-list.js';
import { holdRemovals, releaseSeenRows } from '../held/hold-removals.js';
import type { Verdict } from '../guards/verdict.js';
import { MEMBERSHIP_LINKS } from '../links/link-spec.js';
import { refreshLinks } from '../links/refresh-links.js';
import { rejectedSql } from '../rejected-sql.js';
import { insertRows } from '../rows/insert-rows.js';
import { removeRows } from '../rows/remove-rows.js';
import { updateRows } from '../rows/update-rows.js';
import { type Applied, countOf, type Work } from '../work.js';
import { collectList } from './collect-list.js';
import { findLeavingRows } from './find-leaving-rows.js';
import type { ListSpec } from './list-spec.js';
import { refreshGroupSites } from './refresh-group-sites.js';

/** Sites, groups or definitions, and what refers to them. */
export async function reconcileList(work: Work, spec: ListSpec): Promise<Applied> {
  const staged = await collectList(work, spec);
  const created = await insertRows(work, spec.rows, 'incoming_rows');
  const updated = await updateRows(work, spec.rows, 'incoming_rows', 'changed_rows');

  await releaseSeenRows(work, spec.rows);

  const leaving = await findLeavingRows(work, spec);
  const rejected = await countRejectedRows(work, spec);
  const verdict = await guardList(work, spec, { staged, updated, rejected, leaving });
  const suspended = leaving > 0 ? await removeOrHold(work, spec, verdict) : 0;

  await refreshReferences(work, spec);
  const links = { added: 0, removed: 0 };
  return {
    staged,
    created,
    updated,
    suspended,
    missing: 0,
    rejected,
    links,
    verdict,
    held: leaving - suspended,
  };
}

/** @returns how many were removed */
async function removeOrHold(work: Work, spec: ListSpec, { tripped }: Verdict): Promise<number> {
  if (tripped.length === 0) return removeRows(work, spec.rows, 'leaving_rows');
  await holdRemovals(work, spec.rows, 'leaving_rows');
  return 0;
}

/** What refers to rows of the list finds them, or finds them gone. */
export async function refreshReferences(work: Work, spec: ListSpec): Promise<void> {
  if (spec.table === 'sites') await refreshGroupSites(work);
  if (spec.table === 'groups')
    await refreshLinks(work, MEMBERSHIP_LINKS, groupKindSql(work.readings));
}

function groupKindSql(readings: readonly Reading[]): string {
  return readings.includes('groups') ? `l.group_kind = 'initial'` : `l.group_kind = 'continuing'`;
}

/** Rejected records of which no other was read under the same code; one that several parts hold counts once. */
async function countRejectedRows(work: Work, spec: ListSpec): Promise<number> {
  return countOf(
    work.tx,
    `SELECT count(DISTINCT (r.entity, r.identity)) AS count
       FROM ${rejectedSql(work.runId)} r
       LEFT JOIN incoming_rows t ON t.code = r.code AND ${spec.readingOf} = r.entity
      WHERE t.code IS NULL`,
    work.runId,
    [...work.doneParts, ...work.partsSetAside],
  );
}
