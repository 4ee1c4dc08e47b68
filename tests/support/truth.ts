import type { Database } from '@passerelle/db';
import { describeCentre, type Simulator, type UserTruth } from '@passerelle/simulator';
import type { UserView } from '@passerelle/sync';
import { expect } from 'vitest';

/** Expects the registry to hold what the simulated centre is, person by person and no one else. */
export async function expectTruth(db: Database, simulator: Simulator): Promise<void> {
  const truth = describeCentre(simulator.centre());
  expect(await db.users.summary()).toEqual(truth.registry);
  const users = new Map((await activeUsers(db)).map((user) => [keyOf(user), comparable(user)]));
  for (const person of truth.users) {
    expect(users.get(keyOf(person))).toEqual(comparable(person));
  }
  expect(users.size).toBe(truth.users.length);
}

/** Everyone who is active. */
export async function activeUsers(db: Database): Promise<UserView[]> {
  const users: UserView[] = [];
  let cursor: string | undefined;
  do {
    const page = await db.users.listUsers({
      ...{ status: 'active' as const, limit: 500 },
      ...(cursor === undefined ? {} : { cursor }),
    });
    users.push(...page.items);
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return users;
}

const keyOf = ({ kind, code }: Pick<UserView, 'kind' | 'code'>): string => `${kind}:${code}`;

/** What both say of a person; past memberships are history, which the truth does not tell. */
export function comparable(user: UserView | UserTruth) {
  const { kind, code, login, lastName, firstName, email, birthDate, status, profile } = user;
  return {
    ...{ kind, code, login, lastName, firstName, email, birthDate, status, profile },
    memberships: user.memberships
      .filter(({ active }) => active)
      .map(({ group, role, from, to }) => ({ group, role, from, to }))
      .toSorted((a, b) => (a.group + a.role < b.group + b.role ? -1 : 1)),
    tutors: user.tutors.toSorted(),
    students: user.students.toSorted(),
  };
}
