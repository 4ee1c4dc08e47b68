import { z } from 'zod';
import type { Alert, ChannelName, Told } from '../ports/alerts.js';
import { describeAlert } from './describe-alert.js';
import { ALERT_KINDS, alertFacts } from './facts.js';

const bilingual = z.strictObject({ fr: z.string(), en: z.string() });

/** One alert as it is told. */
export const toldAlert = z.strictObject({
  key: z.string(),
  kind: z.string(),
  severity: z.enum(['problem', 'warning']),
  since: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  message: bilingual,
  advice: bilingual,
  facts: alertFacts,
});
export type ToldAlert = z.infer<typeof toldAlert>;

/** What a webhook is sent and a letter says: what began and what ended since the last one. */
export const alertMessage = z.strictObject({
  type: z.enum(['alerts', 'test']),
  /** The installation. */
  from: z.string(),
  at: z.iso.datetime(),
  begun: z.array(toldAlert),
  ended: z.array(toldAlert),
  /** How many hold at present. */
  open: z.int(),
});
export type AlertMessage = z.infer<typeof alertMessage>;

/** What must be said through a channel, and what is said of each alert with it. */
export interface Composed {
  message: AlertMessage;
  told: Map<Alert, Told>;
}

/**
 * Puts into one message all that a channel has not been told yet. What ended
 * before it was told of is never told.
 *
 * @param from what the installation is called
 * @param time shows a date in the centre's time zone
 * @returns null: there is nothing to tell
 */
export function composeMessage(
  alerts: readonly Alert[],
  channel: ChannelName,
  { from, now, time }: { from: string; now: Date; time: (at: Date) => string },
): Composed | null {
  const begun = alerts.filter(
    ({ startedAt, endedAt, told }) =>
      startedAt !== null && endedAt === null && told[channel] === undefined,
  );
  const ended = alerts.filter(({ endedAt, told }) => endedAt !== null && told[channel] === 'begun');
  if (begun.length + ended.length === 0) return null;
  const tell = (alert: Alert): ToldAlert => toTold(alert, time);
  const open = alerts.filter(({ startedAt, endedAt }) => startedAt !== null && endedAt === null);
  return {
    message: {
      ...{ type: 'alerts', from, at: now.toISOString(), open: open.length },
      ...{ begun: begun.map(tell), ended: ended.map(tell) },
    },
    told: new Map([
      ...begun.map((alert): [Alert, Told] => [alert, 'begun']),
      ...ended.map((alert): [Alert, Told] => [alert, 'ended']),
    ]),
  };
}

/** An alert in words. */
export function toTold(alert: Alert, time: (at: Date) => string): ToldAlert {
  const { key, kind, facts, since, endedAt } = alert;
  return {
    ...{ key, kind, severity: ALERT_KINDS[kind].severity, facts },
    ...{ since: since.toISOString(), endedAt: endedAt?.toISOString() ?? null },
    ...describeAlert(facts, time),
  };
}
