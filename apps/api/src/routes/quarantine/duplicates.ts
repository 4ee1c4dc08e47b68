import type { Reach, SharingGroup } from '@passerelle/roster';
import { listJson, sharedJson, toListJson, toSharedJson } from '@passerelle/sync';
import { z } from 'zod';
import type { ApiDeps } from '../../deps.js';
import { ProblemError } from '../../problems/problem-error.js';
import { pageFields } from '../../schemas/fields.js';
import { endpoint, ok } from '../../table/endpoint.js';

/** Active people who share a login or an address. */
export const listDuplicates = endpoint({
  summary: 'List the people who share a login or an address',
  description: 'Within sites, those groups of people of whom the caller may see all.',
  query: z.strictObject(pageFields),
  answers: { 200: listJson(sharedJson) },
  problems: ['invalid-cursor'],
  handle: async ({ query: { limit, cursor } }, { deps, reach }) => {
    const groups = await visibleSharers(deps, reach);
    const first = cursor === undefined ? 0 : placeOf(cursor);
    const after = first + limit;
    const items = groups.slice(first, after).map(toSharedJson);
    return ok(toListJson(items, after < groups.length ? String(after) : null));
  },
});

async function visibleSharers(
  { quarantine, places }: Pick<ApiDeps, 'quarantine' | 'places'>,
  reach: Reach,
): Promise<SharingGroup[]> {
  const groups = await quarantine.listSharers();
  const visible = await places.visibleAmong(groups.flatMap(refsOf), reach);
  return groups.filter((group) => refsOf(group).every((ref) => visible.has(ref)));
}

function refsOf({ people }: SharingGroup): string[] {
  return people.map(({ kind, code }) => `${kind}:${code}`);
}

/** How many come before the page: the list is put together anew each time. */
function placeOf(cursor: string): number {
  if (!/^[1-9]\d{0,8}$/.test(cursor)) throw new ProblemError('invalid-cursor');
  return Number(cursor);
}
