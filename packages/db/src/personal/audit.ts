import type { Warrant } from '@passerelle/sync';
import type { Prisma } from '../generated/client.js';
import type { Person } from './find-person.js';

/** Writes down who did what to a person; by id, or where they have none without one. */
export async function recordPersonEvent(
  tx: Pick<Prisma.TransactionClient, 'auditEvent'>,
  action: 'user.exported' | 'user.erased' | 'user.allowed',
  { id, kind }: Pick<Person, 'id' | 'kind'>,
  { by: actor, from = null, reason }: Omit<Warrant, 'reason'> & { reason: string | null },
  now: Date,
  after?: Prisma.InputJsonObject,
): Promise<void> {
  await tx.auditEvent.create({
    data: {
      ...{ actor, action, reason, fromWhere: from, occurredAt: now },
      ...{ entity: 'user', entityId: id === null ? kind : String(id) },
      ...(after === undefined ? {} : { after }),
    },
  });
}
