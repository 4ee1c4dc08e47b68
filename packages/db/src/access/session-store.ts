import type { Author, NewSession, Session, SessionStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { Prisma } from '../generated/client.js';
import type { SessionModel } from '../generated/models.js';
import { TRANSACTION } from '../stores/lock-run.js';
import { recordEvent } from './audit-log.js';

/** How long the hash before a rotation still fits, for requests that were under way. */
const GRACE_MS = 30_000;

/** Who is signed in, in `sessions`. */
export function createSessionStore(client: PrismaClient): SessionStore {
  return {
    createSession: (session, author, now) =>
      client.$transaction((tx) => createSession(tx, session, author, now), TRANSACTION),
    findSession: async (hash, now) => {
      const graceBegan = new Date(now.getTime() - GRACE_MS);
      const row = await client.session.findFirst({
        where: {
          OR: [{ hash }, { previousHash: hash, rotatedAt: { gt: graceBegan } }],
          ...holds(now),
        },
      });
      return row === null ? null : { ...toSession(row), rotatedAt: row.rotatedAt };
    },
    rotateSession: async (id, { from, to }, idleUntil, now) => {
      const { count } = await client.session.updateMany({
        where: { id, hash: from },
        data: { hash: to, previousHash: from, idleUntil, rotatedAt: now },
      });
      return count === 1;
    },
    holdsSession: async (id, now) => {
      const held = await client.session.count({ where: { id, ...holds(now) } });
      return held > 0;
    },
    endSession: (id, author, now) =>
      client.$transaction((tx) => endSession(tx, id, author, now), TRANSACTION),
  };
}

async function createSession(
  tx: Prisma.TransactionClient,
  { replaces, ...session }: NewSession,
  author: Author,
  now: Date,
): Promise<Session> {
  if (replaces !== null) await endSession(tx, replaces, author, now);
  const data = { ...session, fromWhere: author.from, rotatedAt: now };
  const row = await tx.session.create({ data });
  await recordSession(tx, 'session.begun', session.userId, author, now);
  return toSession(row);
}

async function endSession(
  tx: Prisma.TransactionClient,
  id: number,
  author: Author,
  now: Date,
): Promise<boolean> {
  // In one statement: of two who end it at once, one did.
  const [ended] = await tx.$queryRaw<{ userId: number }[]>`
    DELETE FROM sessions WHERE id = ${id}::int RETURNING user_id AS "userId"`;
  if (ended === undefined) return false;
  await recordSession(tx, 'session.ended', ended.userId, author, now);
  return true;
}

function recordSession(
  tx: Prisma.TransactionClient,
  action: 'session.begun' | 'session.ended',
  userId: number,
  author: Author,
  now: Date,
): Promise<void> {
  const event = { action, entity: 'user', entityId: String(userId), before: null, after: null };
  return recordEvent(tx, event, author, now);
}

function holds(now: Date) {
  return { idleUntil: { gt: now }, expiresAt: { gt: now }, user: { status: 'active' } } as const;
}

function toSession({ id, userId, createdAt, idleUntil, expiresAt }: SessionModel): Session {
  return { id, userId, createdAt, idleUntil, expiresAt };
}
