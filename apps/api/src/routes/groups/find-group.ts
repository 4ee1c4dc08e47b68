import { GROUP_KINDS, type GroupKind, type Reach } from '@passerelle/roster';
import type { GroupView, PlaceDirectory } from '@passerelle/sync';
import { z } from 'zod';
import { notFound } from '../../problems/not-found.js';
import { text } from '../../schemas/fields.js';

/** `initial:1012` */
export const groupParams = z.strictObject({
  ref: text(300)
    .regex(new RegExp(`^(${GROUP_KINDS.join('|')}):.`), 'expected kind:code, such as initial:1012')
    .describe('`initial:1012`'),
});

/** The group of a reference, if the caller may see it. */
export async function findGroup(
  places: PlaceDirectory,
  ref: string,
  reach: Reach,
): Promise<GroupView> {
  const { kind, code } = groupOf(ref);
  const group = await places.getGroup(kind, code, reach);
  if (group === null) throw noGroup();
  return group;
}

/** The parts of a reference. */
export function groupOf(ref: string): { kind: GroupKind; code: string } {
  const kind = GROUP_KINDS.find((known) => ref.startsWith(`${known}:`));
  if (kind === undefined) throw noGroup();
  return { kind, code: ref.slice(kind.length + 1) };
}

/** No group is called so, as far as the caller may know. */
export function noGroup() {
  return notFound('There is no such group.');
}
