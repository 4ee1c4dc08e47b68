import type { DefinitionDomain, GroupKind, IsoDate, Reach } from '@passerelle/roster';
import type { Page, PageRequest } from './plan.js';

/** How many people are in something, today. */
export interface HeadCount {
  students: number;
  teachers: number;
}

export interface GroupView {
  kind: GroupKind;
  code: string;
  name: string;
  shortName: string | null;
  period: string | null;
  site: string | null;
  program: string | null;
  startsOn: IsoDate | null;
  endsOn: IsoDate | null;
  status: 'active' | 'suspended';
  /** Active memberships. */
  members: HeadCount;
  updatedAt: Date;
}

/** Somebody's membership of a group, present or past. */
export interface GroupMember {
  /** `student:12` */
  user: string;
  lastName: string;
  firstName: string;
  role: string;
  from: IsoDate | null;
  to: IsoDate | null;
  active: boolean;
  /** No longer in a complete answer of the source. */
  removedAt: Date | null;
}

export interface SiteView {
  code: string;
  name: string;
  shortName: string | null;
  status: 'active' | 'suspended';
  /** Active ones. */
  groups: number;
  updatedAt: Date;
}

export interface DefinitionView {
  domain: DefinitionDomain;
  code: string;
  label: string;
  from: IsoDate | null;
  to: IsoDate | null;
  status: 'active' | 'suspended';
  updatedAt: Date;
}

/** What lists have in common. */
interface ListFilter extends PageRequest {
  status?: 'active' | 'suspended';
  /** Part of a code or name, accents and case apart. */
  search?: string;
}

export interface GroupFilter extends ListFilter {
  kind?: GroupKind;
  periodCode?: string;
  siteCode?: string;
  reach: Reach;
}

export interface SiteFilter extends ListFilter {
  reach: Reach;
}

export interface DefinitionFilter extends ListFilter {
  domain?: DefinitionDomain;
}

/** Looking groups, sites and definitions up; each list by code. All lists throw InvalidCursorError. */
export interface PlaceDirectory {
  listGroups(filter: GroupFilter): Promise<Page<GroupView>>;
  /** Null: there is none, or it is of another site. */
  getGroup(kind: GroupKind, code: string, reach: Reach): Promise<GroupView | null>;
  /**
   * Who is or was in a group, by name, as far as the caller may see them.
   * @returns null as {@link getGroup}
   */
  listMembers(
    group: { kind: GroupKind; code: string; reach: Reach },
    filter: PageRequest & { active?: boolean },
  ): Promise<Page<GroupMember> | null>;
  listSites(filter: SiteFilter): Promise<Page<SiteView>>;
  getSite(code: string, reach: Reach): Promise<SiteView | null>;
  /** They belong to the whole centre. */
  listDefinitions(filter: DefinitionFilter): Promise<Page<DefinitionView>>;
  /**
   * Which of these (`student:12`, `initial:G1`, `site:2`) a caller may see.
   */
  visibleAmong(refs: readonly string[], reach: Reach): Promise<ReadonlySet<string>>;
}
