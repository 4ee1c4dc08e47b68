import { type RecordedEvent, sourceEvent, type SourceStateStore } from '@passerelle/sync';
import type { PrismaClient } from '../client.js';

/** The timeline, newest first. Events of a kind that this version does not know are left out. */
export async function listEvents(
  client: PrismaClient,
  { since, beforeId, limit }: Parameters<SourceStateStore['events']>[0],
): Promise<RecordedEvent[]> {
  const rows = await client.sourceEvent.findMany({
    where: {
      ...(since === undefined ? {} : { at: { gte: since } }),
      ...(beforeId === undefined ? {} : { id: { lt: beforeId } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.flatMap(({ id, at, data }) => {
    const event = sourceEvent.safeParse(data);
    return event.success ? [{ id: Number(id), at, event: event.data }] : [];
  });
}
