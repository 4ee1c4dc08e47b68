import type { UserKind } from '../entities.js';
import { comparePeople } from './keeper-of.js';

/** An active user with a login or an address that others have, too. */
export interface SharedHandle {
  by: 'login' | 'email';
  value: string;
  kind: UserKind;
  code: string;
}

/** People who share a login, an address or both. */
export interface SharingGroup {
  shares: { by: 'login' | 'email'; value: string }[];
  /** Learners, teachers, tutors, each by code. */
  people: { kind: UserKind; code: string }[];
  /** One teacher and one tutor: taken for one person with two records. Shown, never merged. */
  isSamePerson: boolean;
}

/**
 * Who shares what, as groups to sort out; each set of people is one group, whatever
 * they share. The first of a group's people keeps the login for signing in. The order
 * of the rows changes nothing.
 */
export function groupSharers(rows: readonly SharedHandle[]): SharingGroup[] {
  const groups = new Map<string, SharingGroup>();
  for (const { by, value, people } of handlesOf(rows)) {
    const key = people.map(({ kind, code }) => `${kind}:${code}`).join('\n');
    const group = groups.get(key) ?? { shares: [], people, isSamePerson: areOne(people) };
    group.shares.push({ by, value });
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => compareLists(a.people, b.people));
}

type Reference = SharingGroup['people'][number];

function handlesOf(
  rows: readonly SharedHandle[],
): { by: 'login' | 'email'; value: string; people: Reference[] }[] {
  const handles = new Map<string, SharedHandle[]>();
  for (const row of rows) {
    const key = `${row.by === 'login' ? 0 : 1}\n${row.value}`;
    handles.set(key, [...(handles.get(key) ?? []), row]);
  }
  return [...handles.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...others]]) =>
      first === undefined || others.length === 0
        ? []
        : [{ by: first.by, value: first.value, people: inOrder([first, ...others]) }],
    );
}

function inOrder(people: readonly Reference[]): Reference[] {
  return people.map(({ kind, code }) => ({ kind, code })).sort(comparePeople);
}

function compareLists(a: readonly Reference[], b: readonly Reference[]): number {
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = comparePeople(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function areOne(people: readonly Reference[]): boolean {
  return people.map(({ kind }) => kind).join() === 'teacher,tutor';
}
