import type { Log } from '../context.js';
import type { AlertChannel, AlertStore, Delivery } from '../ports/alerts.js';
import { deliveryDelayMs, GIVE_UP_AFTER_MS } from './retry-delivery.js';

interface Deps {
  store: AlertStore;
  channels: readonly AlertChannel[];
  now: () => Date;
  log: Log;
  /** Aborted when the process is to end. */
  signal: AbortSignal;
}

/** A message is nobody else's for so long: more than any channel takes to send one. */
const LEASE_MS = 120_000;

/**
 * Sends messages whose time has come, one after the other. Whoever is killed between
 * sending one and writing that down leaves it to be sent once more, with the same id.
 */
export async function deliverMessages(deps: Deps): Promise<void> {
  const names = deps.channels.map(({ name }) => name);
  if (names.length === 0) return;
  // There is one at most for each channel.
  for (let count = 0; count < names.length && !deps.signal.aborted; count += 1) {
    const delivery = await deps.store.claimDelivery(names, LEASE_MS, deps.now());
    if (delivery === null) return;
    await deliver(deps, delivery);
  }
}

async function deliver(deps: Deps, delivery: Delivery): Promise<void> {
  const { store, channels, now, log, signal } = deps;
  const { id, channel, attempts, createdAt } = delivery;
  const sent = await channels.find(({ name }) => name === channel)?.send(delivery, signal);
  if (sent === undefined) return;
  if (sent.ok) {
    await store.endDelivery(id, now());
    log.info({ channel, delivery: id, attempts }, 'alerts were told');
    const { refused } = sent;
    if (refused !== undefined) log.warn({ channel, refused }, 'some recipients were refused');
    return;
  }
  log.warn({ channel, delivery: id, attempts, failure: sent.error }, 'alerts could not be told');
  const failedAt = now();
  if (signal.aborted) await store.postponeDelivery(id, sent.error, failedAt);
  else if (failedAt.getTime() - createdAt.getTime() > GIVE_UP_AFTER_MS) {
    await store.abandonDelivery(delivery, sent.error, failedAt);
  } else {
    const next = new Date(failedAt.getTime() + deliveryDelayMs(attempts));
    await store.postponeDelivery(id, sent.error, next);
  }
}
