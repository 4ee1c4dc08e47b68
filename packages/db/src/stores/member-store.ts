import type { MemberStore, Vitals } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** Who has not been seen for so long is forgotten. */
const FORGET_AFTER_MS = 24 * 60 * 60 * 1000;

/** The processes of the cluster, in `cluster_members`. */
export function createMemberStore(client: PrismaClient): MemberStore {
  return {
    heartbeat: async ({ id, role, host, pid, queue, vitals }, now) => {
      const told = vitals === undefined ? null : JSON.stringify(vitals);
      await client.$executeRaw`
        INSERT INTO cluster_members (id, role, host, pid, queue, vitals, started_at, seen_at)
        VALUES (${id}, ${role}, ${host}, ${pid}::int, ${queue}, ${told}::jsonb, ${now}, ${now})
        ON CONFLICT (id) DO UPDATE
        SET (vitals, seen_at) = (excluded.vitals, excluded.seen_at)`;
      const forgotten = new Date(now.getTime() - FORGET_AFTER_MS);
      await client.clusterMember.deleteMany({ where: { seenAt: { lt: forgotten } } });
    },
    leave: async (id) => {
      await client.clusterMember.deleteMany({ where: { id } });
    },
    listMembers: async (since) => {
      const rows = await client.clusterMember.findMany({
        where: { seenAt: { gte: since } },
        orderBy: [{ role: 'asc' }, { startedAt: 'asc' }, { id: 'asc' }],
      });
      // Written by the heartbeat above, and by nothing else.
      return rows.map((row) => ({ ...row, vitals: row.vitals as unknown as Vitals | null }));
    },
  };
}
