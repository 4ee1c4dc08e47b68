import { createHmac } from 'node:crypto';
import type { AlertChannel } from '@passerelle/sync';

/** Where a webhook's messages go. */
export interface WebhookOptions {
  url: string;
  /** Without it messages are not signed. */
  secret?: string;
  timeoutMs?: number;
  /** For the time in the signature. */
  now: () => Date;
}

const TIMEOUT_MS = 10_000;

/**
 * Messages as JSON, by POST. Their header `Passerelle-Signature: t=…,v1=…` holds the
 * time of the try in seconds, and HMAC-SHA256 of `t.body` in hexadecimal, so that
 * neither a forged nor an old message passes for one. Redirections are not followed:
 * the address is the one that was set, and no other.
 */
export function createWebhook({ url, secret, now, timeoutMs }: WebhookOptions): AlertChannel {
  return {
    name: 'webhook',
    send: async ({ id, message }, signal) => {
      const body = JSON.stringify({ id, ...message });
      const signature = secret === undefined ? {} : sign(body, secret, now());
      try {
        const answer = await fetch(url, {
          ...{ method: 'POST', body, redirect: 'manual' },
          headers: {
            'Content-Type': 'application/json; charset=utf-8',
            'User-Agent': 'passerelle',
            'Passerelle-Delivery': id,
            ...signature,
          },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs ?? TIMEOUT_MS)]),
        });
        await answer.body?.cancel();
        return answer.ok ? { ok: true } : { ok: false, error: `HTTP ${answer.status}` };
      } catch (error) {
        return { ok: false, error: codeOf(error) };
      }
    },
  };
}

function sign(body: string, secret: string, at: Date): Record<string, string> {
  const time = Math.floor(at.getTime() / 1_000);
  const mac = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
  return { 'Passerelle-Signature': `t=${time},v1=${mac}` };
}

/** `ECONNREFUSED`, or what kind of error it was; a message may quote the address. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = (error.cause ?? error) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
