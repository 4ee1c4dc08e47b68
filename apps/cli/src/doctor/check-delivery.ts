import { randomUUID } from 'node:crypto';
import type { Config } from '@passerelle/config';
import type { DeliveryState } from '@passerelle/sync';
import type { Context } from '../context.js';
import { openAlerts } from '../runtime/alerts.js';
import { broken, type Finding, fine, warn } from './finding.js';

/** Whether alerts reach anybody: what is set, and what became of the last messages. */
export async function checkDelivery(context: Context): Promise<Finding[]> {
  const wrong = judgeSettings(context.config);
  const { channels, store } = await openAlerts(context);
  if (channels.length === 0) {
    const nobody = 'Nobody is told of alerts.';
    const advice =
      'Set PASSERELLE_ALERT_EMAIL with PASSERELLE_SMTP_URL, or PASSERELLE_ALERT_WEBHOOK.';
    return [...wrong, ...(wrong.length === 0 ? [warn('alerts', nobody, advice)] : [])];
  }
  const last = await store.lastDeliveries();
  const told = channels.map(({ name }) => {
    const delivery = last.find(({ channel }) => channel === name);
    return judgeDelivery(context, name, delivery);
  });
  return [...wrong, ...told];
}

/** Sends a message that says it is a test through every channel, at once. */
export async function sendTestAlert(context: Context): Promise<Finding[]> {
  const { channels, name, now, signal } = await openAlerts(context);
  const message = {
    ...{
      type: 'test' as const,
      from: name,
      at: now().toISOString(),
      begun: [],
      ended: [],
      open: 0,
    },
  };
  const findings: Finding[] = [];
  for (const channel of channels) {
    const sent = await channel.send({ id: randomUUID(), message }, signal);
    if (!sent.ok) findings.push(failed(channel.name, `A test message failed (${sent.error}).`));
    else if (sent.refused === undefined)
      findings.push(fine('alerts', `A test message went out (${channel.name}).`));
    else {
      const said = `A test message went out, but ${sent.refused} of the recipients were refused.`;
      findings.push(warn('alerts', said, 'Correct PASSERELLE_ALERT_EMAIL.'));
    }
  }
  return channels.length === 0 ? checkDelivery(context) : findings;
}

function judgeSettings({ alerts }: Config): Finding[] {
  const { webhook, email } = alerts;
  const findings: Finding[] = [];
  if (email.to.length > 0 && email.smtpUrl === undefined) {
    const advice = 'Set PASSERELLE_SMTP_URL to the mail server.';
    findings.push(broken('alerts', 'PASSERELLE_ALERT_EMAIL is set, but no mail server.', advice));
  }
  if (webhook.url !== undefined && webhook.secret === undefined) {
    const advice = 'Set PASSERELLE_ALERT_WEBHOOK_SECRET, and check signatures where they arrive.';
    findings.push(warn('alerts', 'Webhook messages are not signed.', advice));
  }
  return findings;
}

function judgeDelivery(
  { format }: Context,
  name: DeliveryState['channel'],
  last: DeliveryState | undefined,
): Finding {
  if (last === undefined) return fine('alerts', `Alerts go out (${name}); there was none yet.`);
  if (last.deliveredAt !== null) {
    return fine(
      'alerts',
      `The last message arrived at ${format.instant(last.deliveredAt)} (${name}).`,
    );
  }
  if (last.lastError === null) return fine('alerts', `A message is on its way (${name}).`);
  return failed(name, `A message could not be sent in ${last.attempts} tries (${last.lastError}).`);
}

function failed(name: DeliveryState['channel'], said: string): Finding {
  const advice =
    name === 'webhook'
      ? 'Check PASSERELLE_ALERT_WEBHOOK, and what runs there.'
      : 'Check PASSERELLE_SMTP_URL, PASSERELLE_ALERT_FROM and PASSERELLE_ALERT_EMAIL with whoever runs the mail server.';
  return broken('alerts', `${said} (${name})`, advice);
}
