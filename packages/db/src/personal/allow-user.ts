import type { UserKind } from '@passerelle/roster';
import type { Warrant } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import { waitForReconciling } from '../reconcile/lock-run.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { recordPersonEvent } from './audit.js';
import { personHasher } from './erased-people.js';

/** Takes the tombstone away. False: there was none. */
export async function allowUser(
  client: PrismaClient,
  { kind, code }: { kind: UserKind; code: string },
  warrant: Warrant,
  now: Date,
): Promise<boolean> {
  return client.$transaction(async (tx) => {
    await waitForReconciling(tx);
    const hash = await personHasher(tx);
    const codeHash = hash(kind, code);
    const tombstone = await tx.erasedUser.findUnique({ where: { codeHash } });
    if (tombstone === null) return false;
    await tx.erasedUser.delete({ where: { codeHash } });
    if (kind === 'student') await rereadTutors(tx);
    await recordPersonEvent(tx, 'user.allowed', { id: tombstone.userId, kind }, warrant, now);
    return true;
  }, TRANSACTION);
}

/**
 * Tutors' records were taken without the learner, and nobody knows any more whose:
 * each is read in full by the next run, rather than recognised by its hash.
 */
async function rereadTutors(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$executeRaw`
    UPDATE users SET content_hash = 'unfinished ' || content_hash
     WHERE kind = 'tutor' AND content_hash NOT LIKE 'unfinished %'`;
}
