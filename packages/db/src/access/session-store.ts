import type { Session, SessionStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';
import type { SessionModel } from '../generated/models.js';

/** How long the hash before a rotation still fits, for requests that were under way. */
const GRACE_MS = 30_000;

/** Who is signed in, in `sessions`. */
export function createSessionStore(client: PrismaClient): SessionStore {
  return {
    createSession: async ({ from: fromWhere, ...session }, now) =>
      toSession(await client.session.create({ data: { ...session, fromWhere, rotatedAt: now } })),
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
    endSessions: async (which) => (await client.session.deleteMany({ where: which })).count,
  };
}

function holds(now: Date) {
  return { idleUntil: { gt: now }, expiresAt: { gt: now }, user: { status: 'active' } } as const;
}

function toSession({ id, userId, createdAt, idleUntil, expiresAt }: SessionModel): Session {
  return { id, userId, createdAt, idleUntil, expiresAt };
}
