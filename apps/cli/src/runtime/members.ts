import { hostname } from 'node:os';
import type { MemberStore } from '@passerelle/sync';
import type { Context } from '../context.js';

/** A process of the cluster that is up. */
export type Member = Awaited<ReturnType<MemberStore['listMembers']>>[number];

/** `A worker`, `An API` */
export function nameOfRole(role: string): string {
  return role === 'api' ? 'An API' : `A ${role}`;
}

/** How often a process says that it is there, and for how long it is believed. */
export const HEARTBEAT_MS = 5_000;
export const BELIEVED_MS = 15_000;

/**
 * The processes of the cluster that gave a sign of life within 15 seconds. One
 * that was killed on this machine is not believed even for these.
 */
export async function findMembers(context: Pick<Context, 'stores' | 'now'>): Promise<Member[]> {
  const { members } = await context.stores();
  const now = context.now().getTime();
  const found = await members.listMembers(new Date(now - BELIEVED_MS));
  return found.filter(
    ({ host, pid, seenAt }) =>
      // One who was seen in the future was seen before the clock was set back.
      seenAt.getTime() < now + BELIEVED_MS && (host !== hostname() || isAlive(pid)),
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
