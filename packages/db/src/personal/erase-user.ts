import type { Erasure, PersonReference, Warrant } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { isLastGrantor, lockGrants } from '../access/grantors.js';
import { waitForReconciling } from '../reconcile/lock-run.js';
import type { SqlClient } from '../staging/tables.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { recordPersonEvent } from './audit.js';
import { findPerson, type Person } from './find-person.js';
import { countRows, deleteRows } from './person-rows.js';
import { eraseStaged, exportStaged } from './staged-rows.js';
import { type PersonTable, tablesOnPeople } from './tables.js';

/**
 * Erases a person: whole, or not at all. No reconciling is under way meanwhile, and
 * those that come find the tombstone, so that what they have staged of the person
 * does not bring them back.
 */
export async function eraseUser(
  client: PrismaClient,
  reference: PersonReference,
  warrant: Warrant,
  now: Date,
): Promise<Erasure | 'last_grantor' | null> {
  return client.$transaction(async (tx) => {
    await waitForReconciling(tx);
    await lockGrants(tx);
    const person = await findPerson(tx, reference);
    if (person === null) return null;
    if (person.id !== null && (await isLastGrantor(tx, person.id, now))) return 'last_grantor';
    await bury(tx, person, warrant, now);
    return erasePerson(tx, person, warrant, now);
  }, TRANSACTION);
}

/** Takes away all that is kept on a person, in a transaction during which nobody reconciles. */
export async function erasePerson(
  tx: Prisma.TransactionClient,
  person: Person,
  warrant: Warrant,
  now: Date,
): Promise<Erasure> {
  const rows: Record<string, number> = { staging: await eraseStaged(tx, person) };
  for (const table of await erasedTables(tx))
    rows[table.name] = await deleteRows(tx, table, person);
  await emptyAuditEvents(tx, person);
  await recordPersonEvent(tx, 'user.erased', person, warrant, now, { rows });
  const { kind, code, id: userId } = person;
  return { kind, code, userId, rows };
}

/** What an erasure would take away. */
export async function previewErasure(
  client: PrismaClient,
  reference: PersonReference,
): Promise<Erasure | null> {
  const person = await findPerson(client, reference);
  if (person === null) return null;
  const rows: Record<string, number> = { staging: (await exportStaged(client, person)).length };
  for (const table of await erasedTables(client))
    rows[table.name] = await countRows(client, table, person);
  const { kind, code, id: userId } = person;
  return { kind, code, userId, rows };
}

async function erasedTables(db: SqlClient): Promise<PersonTable[]> {
  return (await tablesOnPeople(db)).filter(({ holds }) => holds === 'erased');
}

/** Leaves the tombstone; whoever was erased before keeps the newer one. */
async function bury(
  tx: Prisma.TransactionClient,
  { id: userId, kind, codeHash }: Person,
  { by: erasedBy, reason }: Warrant,
  erasedAt: Date,
): Promise<void> {
  const data = { kind, erasedBy, reason, erasedAt, ...(userId === null ? {} : { userId }) };
  await tx.erasedUser.upsert({
    where: { codeHash },
    create: { codeHash, ...data },
    update: data,
  });
}

/**
 * Events stay and point by id; should one have kept a value, it goes, and the person's
 * addresses. So does why they were protected: an illness, perhaps.
 */
async function emptyAuditEvents(tx: Prisma.TransactionClient, { id }: Person): Promise<void> {
  if (id === null) return;
  await tx.$executeRaw`SELECT empty_audit_events(${id}::int)`;
}
