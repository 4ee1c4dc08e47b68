import type { AlertChannel } from '@passerelle/sync';
import type { Transporter } from 'nodemailer';
import { type LetterStyle, writeLetter } from './letter.js';

/** How letters are sent. */
export interface EmailOptions extends LetterStyle {
  /** `smtp://` (with STARTTLS where the server has it) or `smtps://`; may hold user and password. */
  smtpUrl: string;
  from: string;
  to: readonly string[];
  timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;

/** Messages as plain letters. Tries of one carry the same Message-ID. */
export function createEmail(options: EmailOptions): AlertChannel {
  const { from, to, smtpUrl } = options;
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
  return {
    name: 'email',
    send: async ({ id, message }, signal) => {
      const ending = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      try {
        const transport = await openTransport(smtpUrl, timeoutMs);
        const sending = transport.sendMail({
          ...{ from, to: [...to], messageId: `<${id}@${hostOf(from)}>` },
          ...writeLetter(message, options),
          // Nobody is to answer an automaton with another.
          headers: { 'Auto-Submitted': 'auto-generated' },
          ...{ disableFileAccess: true, disableUrlAccess: true },
        });
        const sent = await orAborted(sending, ending);
        // Whoever has it is not to have it again because of another's address.
        const refused = sent.rejected?.length ?? 0;
        return refused === 0 ? { ok: true } : { ok: true, refused };
      } catch (error) {
        return { ok: false, error: codeOf(error) };
      }
    },
  };
}

/** nodemailer cannot be told to leave off: what it has begun ends by itself, unheard. */
async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  work.catch(() => undefined);
  signal.throwIfAborted();
  let leave = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    leave = () => reject(signal.reason as Error);
    signal.addEventListener('abort', leave);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

/** Loaded with the first letter: most processes never write one. */
async function openTransport(smtpUrl: string, timeoutMs: number): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    url: smtpUrl,
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs },
  });
}

function hostOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** `EAUTH 535`; what the server said may quote whom it was about. */
function codeOf(error: unknown): string {
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const told = [code, responseCode].filter((part) => part !== undefined).map(String);
  return told.join(' ') || (error instanceof Error ? error.name : 'unknown');
}
