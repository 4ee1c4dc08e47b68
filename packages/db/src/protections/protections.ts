import type { ListedProtection, Protection, Protections, ProtectedSubject } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { waitForReconciling } from '../reconcile/lock-run.js';
import type { SqlClient } from '../staging/tables.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { findSubject } from './find-subject.js';
import { removeKeptLinks } from './remove-kept-links.js';

/** Users and groups that no removal touches, in `protections`. */
export function createProtections(client: PrismaClient): Protections {
  const change = (work: (tx: Prisma.TransactionClient) => Promise<number | null>) =>
    client.$transaction(async (tx) => {
      await waitForReconciling(tx);
      return work(tx);
    }, TRANSACTION);
  return {
    protect: async (...args) => (await change((tx) => protect(tx, ...args))) !== null,
    unprotect: (...args) => change((tx) => unprotect(tx, ...args)),
    findProtection: (subject) => findProtection(client, subject),
    listProtections: (of) => listProtections(client, of),
  };
}

type Change = Parameters<Protections['protect']>;

async function protect(
  tx: Prisma.TransactionClient,
  ...[subject, { by: protectedBy, reason }, protectedAt]: Change
): Promise<number | null> {
  const entityId = await findSubject(tx, subject);
  if (entityId === null) return null;
  const key = { entity: subject.of, entityId };
  const said = { reason, protectedBy, protectedAt };
  await tx.protection.upsert({
    where: { entity_entityId: key },
    create: { ...key, ...said },
    update: said,
  });
  await recordEvent(tx, 'protected', entityId, [subject, { by: protectedBy, reason }, protectedAt]);
  return entityId;
}

async function unprotect(tx: Prisma.TransactionClient, ...change: Change): Promise<number | null> {
  const [subject, { by }, now] = change;
  const entityId = await findSubject(tx, subject);
  if (entityId === null) return null;
  const { count } = await tx.protection.deleteMany({ where: { entity: subject.of, entityId } });
  if (count === 0) return null;
  await recordEvent(tx, 'unprotected', entityId, change);
  return removeKeptLinks(tx, subject.of, entityId, by, now);
}

/** People and groups by id only. */
async function recordEvent(
  tx: Prisma.TransactionClient,
  done: 'protected' | 'unprotected',
  entityId: number,
  [{ of }, { by: actor, reason }, occurredAt]: Change,
): Promise<void> {
  const event = { entity: of, entityId: String(entityId), action: `${of}.${done}` };
  await tx.auditEvent.create({ data: { ...event, actor, reason, occurredAt } });
}

async function findProtection(
  client: PrismaClient,
  subject: ProtectedSubject,
): Promise<Protection | null> {
  const entityId = await findSubject(client, subject);
  if (entityId === null) return null;
  const row = await client.protection.findUnique({
    where: { entity_entityId: { entity: subject.of, entityId } },
  });
  return row === null ? null : { by: row.protectedBy, reason: row.reason, at: row.protectedAt };
}

function listProtections(db: SqlClient, of: ProtectedSubject['of']): Promise<ListedProtection[]> {
  return db.$queryRawUnsafe<ListedProtection[]>(
    `SELECT o.kind::text || ':' || o.code AS ref, p.protected_by AS by, p.reason,
            p.protected_at AS at
       FROM protections p JOIN ${of}s o ON o.id = p.entity_id
      WHERE p.entity = $1::text ORDER BY o.kind, o.code`,
    of,
  );
}
