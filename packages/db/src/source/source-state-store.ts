import type { SourceState, SourceStateStore } from '@passerelle/sync';
import type { Connections } from '../client.js';
import { callFigures } from './calls.js';
import { listEvents } from './events.js';
import type { PermitBell } from './permit-bell.js';
import { readPermits, renewPermits, takePermit } from './permits.js';
import { learnPiece, listPieces } from './pieces.js';
import { giveBack, settle } from './settle.js';
import { readStateRow } from './state-row.js';

/**
 * What all processes know of the source, in the tables `source_*`.
 *
 * @param initial what stands for a state that is missing or cannot be read
 */
export function createSourceStateStore(
  { client, ask }: Pick<Connections, 'client' | 'ask'>,
  { initial, bell }: { initial: SourceState; bell: PermitBell },
): SourceStateStore {
  return {
    take: (request) => takePermit(ask, initial, request),
    giveBack: (settlement, serverLimitMs, tell) =>
      giveBack(ask, initial, settlement, serverLimitMs, tell),
    whenFreed: (ring) => bell.whenFreed(ring),
    renew: (ids, leaseMs) => renewPermits(client, ids, leaseMs),
    settle: (settlement, serverLimitMs, apply) =>
      settle({ client, ask }, { initial, settlement, serverLimitMs, apply }),
    read: async () => {
      const { state, now } = await readStateRow(ask, initial);
      return { state, now, permits: await readPermits(client) };
    },
    state: async () => {
      const { state, now } = await readStateRow(ask, initial);
      return { state, now };
    },
    events: (filter) => listEvents(client, filter),
    calls: (since) => callFigures(client, since),
    learnt: () => listPieces(client),
    learn: (piece) => learnPiece(client, piece),
    forget: async ({ reading, siteCode, groupCode }) => {
      await client.sourcePiece.deleteMany({ where: { reading, siteCode, groupCode } });
    },
    trim: async (before) => {
      const calls = await client.sourceCall.deleteMany({ where: { at: { lt: before.calls } } });
      const events = await client.sourceEvent.deleteMany({ where: { at: { lt: before.events } } });
      return calls.count + events.count;
    },
  };
}
