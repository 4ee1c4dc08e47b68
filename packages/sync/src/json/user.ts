import { USER_KINDS } from '@passerelle/roster';
import { z } from 'zod';
import type { UserView } from '../ports/user-directory.js';

const reference = z.string().regex(/^(student|teacher|tutor):.+$/);
const day = z.iso.date().nullable();

/** A user, wherever one is printed or answered. */
export const userJson = z.strictObject({
  kind: z.enum(USER_KINDS),
  code: z.string(),
  login: z.string().nullable(),
  lastName: z.string(),
  firstName: z.string(),
  email: z.string().nullable(),
  birthDate: day,
  status: z.enum(['active', 'suspended']),
  profile: z.strictObject({
    netypareo_usertype: z.string(),
    /** `majeur`, `mineur`, or empty where the birth date is unknown. */
    netypareo_ouverage: z.string().regex(/^(majeur|mineur|)$/),
    netypareo_status: z.string(),
    netypareo_cursus: z.string(),
    netypareo_program: z.string(),
    netypareo_program_step: z.string(),
  }),
  memberships: z.array(
    z.strictObject({
      group: z.string(),
      role: z.string(),
      from: day,
      to: day,
      active: z.boolean(),
    }),
  ),
  tutors: z.array(reference),
  students: z.array(reference),
  updatedAt: z.iso.datetime(),
});
export type UserJson = z.infer<typeof userJson>;

/** A user as JSON. */
export function toUserJson(user: UserView): UserJson {
  const { kind, code, login, lastName, firstName, email, birthDate, status, profile } = user;
  return {
    ...{ kind, code, login, lastName, firstName, email, birthDate, status },
    profile: {
      netypareo_usertype: profile.netypareo_usertype,
      netypareo_ouverage: profile.netypareo_ouverage,
      netypareo_status: profile.netypareo_status,
      netypareo_cursus: profile.netypareo_cursus,
      netypareo_program: profile.netypareo_program,
      netypareo_program_step: profile.netypareo_program_step,
    },
    memberships: user.memberships.map(({ group, role, from, to, active }) => ({
      ...{ group, role, from, to, active },
    })),
    tutors: [...user.tutors],
    students: [...user.students],
    updatedAt: user.updatedAt.toISOString(),
  };
}
