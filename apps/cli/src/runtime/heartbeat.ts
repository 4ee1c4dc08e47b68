import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Log, MemberStore } from '@passerelle/sync';
import { tellOfClock } from './server-clock.js';
import { BELIEVED_MS, HEARTBEAT_MS } from './members.js';
import { tellOfStrangers } from './strangers.js';
import { watchVitals } from './vitals.js';

/** What a process of the cluster does; `command`: works only for as long as a command lasts. */
export type Role = 'worker' | 'scheduler' | 'api' | 'command';

/**
 * Makes this process known as a member of the cluster until it is stopped, keeps
 * it to the database's clock, and complains of a machine whose own is wrong, and
 * of another cluster on the same database.
 *
 * @param queue where this cluster's queue is
 */
export async function startHeartbeat(
  deps: {
    members: MemberStore;
    now: () => Date;
    /** Looks at the database's clock: how far this machine's own is ahead of it, in milliseconds. */
    followClock: () => Promise<number>;
    /** Where the free room of the disk is looked at. */
    dataDir: string;
    log: Log;
  },
  role: Role,
  queue: string,
): Promise<{ stop(): Promise<void> }> {
  const member = { id: randomUUID(), role, host: hostname(), pid: process.pid, queue };
  const vitals = watchVitals(deps.dataDir);
  let complaint: string | null = null;
  let wasWrong = false;
  const look = async (): Promise<void> => {
    const found = tellOfClock(await deps.followClock());
    if (found !== null && !wasWrong) deps.log.error({ role }, `${found.message} ${found.advice}`);
    if (found === null && wasWrong) deps.log.info({ role }, 'the clock is right again');
    wasWrong = found !== null;
  };
  const beat = async (): Promise<void> => {
    await look();
    await deps.members.heartbeat({ ...member, vitals: await vitals.read() }, deps.now());
    const since = new Date(deps.now().getTime() - BELIEVED_MS);
    const heard = tellOfStrangers(await deps.members.listMembers(since), queue);
    if (heard !== null && heard !== complaint) deps.log.error({ role }, heard);
    complaint = heard;
  };
  await beat();
  let beating: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    beating = beat().catch((error: unknown) => {
      // The next one tells; work that needs the database reports it anyway.
      deps.log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'no heartbeat');
    });
  }, HEARTBEAT_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      vitals.stop();
      await beating;
      await deps.members.leave(member.id).catch(() => undefined);
    },
  };
}
