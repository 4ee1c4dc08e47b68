import type { PersonReference, Whereabouts } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** Where somebody was: their site and groups, and the sites of the learners they look after. */
export async function readWhereabouts(
  client: PrismaClient,
  person: PersonReference,
): Promise<Whereabouts | null> {
  const where =
    'id' in person ? { id: person.id } : { kind_code: { kind: person.kind, code: person.code } };
  const user = await client.user.findUnique({
    where,
    include: {
      memberships: { where: { removedAt: null }, include: { group: true } },
      tutorships: { where: { removedAt: null }, include: { student: true } },
    },
  });
  if (user === null) return null;
  const groups = user.memberships.flatMap(({ group }) =>
    group === null ? [] : [{ ...group, siteCode: group.siteCode ?? user.siteCode }],
  );
  const sites = [
    user.siteCode,
    ...groups.map(({ siteCode }) => siteCode),
    ...user.tutorships.map(({ student }) => student?.siteCode ?? null),
  ].filter((code) => code !== null);
  return {
    ...{ id: user.id, kind: user.kind, code: user.code },
    siteCodes: [...new Set(sites)].sort(),
    groups: groups.map(({ code, periodCode, siteCode }) => ({ code, periodCode, siteCode })),
  };
}
