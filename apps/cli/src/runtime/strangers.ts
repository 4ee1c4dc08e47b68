import type { QueueOptions } from '@passerelle/queue';
import type { Member } from './members.js';

/**
 * Where a queue is, in words and without a password. On PostgreSQL it is in the
 * registry's own database, whatever that is called from here.
 */
export function describeQueue({ backend, namespace = '' }: QueueOptions): string {
  if (backend.kind === 'postgres') return `PostgreSQL, prefix ${namespace}`;
  const { hostname, port, pathname } = new URL(backend.url);
  return `Redis at ${hostname}:${port || '6379'}${pathname === '/' ? '' : pathname}, prefix ${namespace}`;
}

/**
 * What to say when members of another cluster, with another queue, work on the
 * same registry. Nothing breaks by it, since runs and dates are claimed in the
 * database; but each takes the other's runs for lost, and their calls add up.
 *
 * @returns null where all share one queue
 */
export function tellOfStrangers(members: readonly Member[], queue: string): string | null {
  const strangers = members.filter((member) => member.queue !== '' && member.queue !== queue);
  const [first] = strangers;
  if (first === undefined) return null;
  const others = strangers.length === 1 ? '' : ` and ${strangers.length - 1} more`;
  return (
    `Two clusters work on this database: the queue here is on ${queue}, that of the ` +
    `${first.role} on ${first.host} (process ${first.pid})${others} on ${first.queue}. ` +
    'Give all of them the same REDIS_URL and PASSERELLE_QUEUE_PREFIX, or each cluster a DATABASE_URL of its own.'
  );
}
