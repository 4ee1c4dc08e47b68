import { z } from 'zod';
import type { CommandRoom } from '../support/cli.js';

// What scripts of others rely on, written down once more and apart from the
// product's own schemas: a change there must show here.

const count = z.int().nonnegative();

const registryShape = z.strictObject({
  sites: count,
  groups: z.strictObject({ initial: count, continuing: count }),
  users: z.strictObject({ student: count, teacher: count, tutor: count }),
  memberships: count,
  tutorships: count,
  definitions: count,
});

export const demoShape = z.strictObject({
  runs: z.array(
    z.strictObject({
      task: z.string(),
      state: z.string(),
      read: count,
      created: count,
      updated: count,
      unchanged: count,
      suspended: count,
      rejected: count,
      seconds: z.number(),
    }),
  ),
  registry: registryShape,
});

/** Order says nothing in these lists. */
const sortedTexts = z.array(z.string()).transform((texts) => texts.toSorted());

const membershipShape = z.strictObject({
  group: z.string(),
  role: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  active: z.boolean(),
});

const personShape = z.strictObject({
  kind: z.enum(['student', 'teacher', 'tutor']),
  code: z.string(),
  login: z.string().nullable(),
  lastName: z.string(),
  firstName: z.string(),
  email: z.string().nullable(),
  birthDate: z.string().nullable(),
  status: z.enum(['active', 'suspended']),
  profile: z.record(z.string(), z.string()),
  memberships: z
    .array(membershipShape)
    .transform((all) => all.toSorted((a, b) => (a.group < b.group ? -1 : 1))),
  tutors: sortedTexts,
  students: sortedTexts,
});
export type TruthUser = z.infer<typeof personShape>;

export const truthShape = z.strictObject({ registry: registryShape, users: z.array(personShape) });

const pageShape = z.strictObject({
  items: z.array(personShape.extend({ updatedAt: z.iso.datetime() })),
  nextCursor: z.string().nullable(),
});

const PAGE = 1000;

/** Everybody, page by page, without the time of the last change. */
export async function readAllUsers(room: CommandRoom, ...filter: string[]): Promise<TruthUser[]> {
  const users: TruthUser[] = [];
  let cursor: string | null = null;
  do {
    const from: string[] = cursor === null ? [] : ['--cursor', cursor];
    const answer = await room.jsonHere(
      'users',
      'list',
      '--limit',
      String(PAGE),
      ...filter,
      ...from,
    );
    const page: z.infer<typeof pageShape> = pageShape.parse(answer);
    for (const { updatedAt: _changed, ...user } of page.items) users.push(user);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return users;
}
