import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Log, MemberStore } from '@passerelle/sync';
import { HEARTBEAT_MS } from './members.js';

/** What a process of the cluster does; `command`: works only for as long as a command lasts. */
export type Role = 'worker' | 'scheduler' | 'command';

/** Makes this process known as a member of the cluster until it is stopped. */
export async function startHeartbeat(
  deps: { members: MemberStore; now: () => Date; log: Log },
  role: Role,
): Promise<{ stop(): Promise<void> }> {
  const member = { id: randomUUID(), role, host: hostname(), pid: process.pid };
  const beat = (): Promise<void> => deps.members.heartbeat(member, deps.now());
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
      await beating;
      await deps.members.leave(member.id).catch(() => undefined);
    },
  };
}
