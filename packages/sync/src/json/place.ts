import { DEFINITION_DOMAINS, GROUP_KINDS } from '@passerelle/roster';
import { z } from 'zod';
import type { DefinitionView, GroupMember, GroupView, SiteView } from '../ports/place-directory.js';

const day = z.iso.date().nullable();
const presence = z.enum(['active', 'suspended']);
const count = z.int().nonnegative();

/** A group. */
export const groupJson = z.strictObject({
  kind: z.enum(GROUP_KINDS),
  code: z.string(),
  name: z.string(),
  shortName: z.string().nullable(),
  /** Codes, which name what may not be known yet. */
  period: z.string().nullable(),
  site: z.string().nullable(),
  program: z.string().nullable(),
  startsOn: day,
  endsOn: day,
  status: presence,
  /** Active memberships. */
  members: z.strictObject({ students: count, teachers: count }),
  updatedAt: z.iso.datetime(),
});
export type GroupJson = z.infer<typeof groupJson>;

/** Somebody who is or was in a group. */
export const groupMemberJson = z.strictObject({
  user: z.string(),
  lastName: z.string(),
  firstName: z.string(),
  role: z.string(),
  from: day,
  to: day,
  active: z.boolean(),
  removedAt: z.iso.datetime().nullable(),
});
export type GroupMemberJson = z.infer<typeof groupMemberJson>;

/** A site. */
export const siteJson = z.strictObject({
  code: z.string(),
  name: z.string(),
  shortName: z.string().nullable(),
  status: presence,
  /** Active ones. */
  groups: count,
  updatedAt: z.iso.datetime(),
});
export type SiteJson = z.infer<typeof siteJson>;

/** What a code means at this centre. */
export const definitionJson = z.strictObject({
  domain: z.enum(DEFINITION_DOMAINS),
  code: z.string(),
  label: z.string(),
  from: day,
  to: day,
  status: presence,
  updatedAt: z.iso.datetime(),
});
export type DefinitionJson = z.infer<typeof definitionJson>;

/** A group as JSON. */
export function toGroupJson(group: GroupView): GroupJson {
  const { kind, code, name, shortName, period, site, program, startsOn, endsOn, status } = group;
  const { students, teachers } = group.members;
  return {
    ...{ kind, code, name, shortName, period, site, program, startsOn, endsOn, status },
    ...{ members: { students, teachers }, updatedAt: group.updatedAt.toISOString() },
  };
}

/** A member as JSON. */
export function toGroupMemberJson(member: GroupMember): GroupMemberJson {
  const { user, lastName, firstName, role, from, to, active, removedAt } = member;
  return {
    ...{ user, lastName, firstName, role, from, to, active },
    removedAt: removedAt?.toISOString() ?? null,
  };
}

/** A site as JSON. */
export function toSiteJson({
  code,
  name,
  shortName,
  status,
  groups,
  updatedAt,
}: SiteView): SiteJson {
  return { code, name, shortName, status, groups, updatedAt: updatedAt.toISOString() };
}

/** A definition as JSON. */
export function toDefinitionJson(definition: DefinitionView): DefinitionJson {
  const { domain, code, label, from, to, status, updatedAt } = definition;
  return { domain, code, label, from, to, status, updatedAt: updatedAt.toISOString() };
}
