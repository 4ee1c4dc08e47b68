import { type Alert, alertFacts, alertMessage, type Delivery } from '@passerelle/sync';
import type { AlertDeliveryModel, AlertModel } from '../generated/models.js';

/** Rows of `alerts` in the port's terms. Kinds that this version does not know are left out. */
export function toAlerts(rows: readonly AlertModel[]): Alert[] {
  return rows.flatMap(({ id, facts: stored, told, ...row }) => {
    const facts = alertFacts.safeParse(stored);
    if (!facts.success) return [];
    const { kind } = facts.data;
    // Written by saveRound, and by nothing else.
    return [{ ...row, id: Number(id), kind, facts: facts.data, told: told as Alert['told'] }];
  });
}

/** Rows of `alert_deliveries`, without those that this version cannot read. */
export function toDeliveries(rows: readonly AlertDeliveryModel[]): Delivery[] {
  return rows.flatMap(({ id, channel, message: stored, createdAt, attempts }) => {
    const message = alertMessage.safeParse(stored);
    if (!message.success) return [];
    return [
      { id, channel: channel as Delivery['channel'], message: message.data, createdAt, attempts },
    ];
  });
}
