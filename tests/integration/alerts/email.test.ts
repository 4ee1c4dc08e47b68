import { randomUUID } from 'node:crypto';
import { createEmail } from '@passerelle/scheduler';
import { type AlertMessage, alertKey, type AlertFacts, describeAlert } from '@passerelle/sync';
import { afterEach, expect, it } from 'vitest';
import { type MailServer, startMailServer } from '../../support/mail-server.js';

const never = new AbortController().signal;
const time = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');
const since = '2026-11-20T11:00:00.000Z';
const endedAt = '2026-11-20T12:00:00.000Z';

function told(facts: AlertFacts, end: string | null = null): AlertMessage['begun'][number] {
  const { kind } = facts;
  const key = alertKey(facts);
  return {
    key,
    kind,
    severity: 'warning',
    since,
    endedAt: end,
    facts,
    ...describeAlert(facts, time),
  };
}

const held: AlertFacts = { kind: 'run_held', task: 'sync_students', runId: 7, heldAt: since };
const full: AlertFacts = { kind: 'disk_full', host: 'a.example', freeMb: 12 };
const message: AlertMessage = {
  ...{ type: 'alerts', from: 'CFA d’Été', at: since, open: 1 },
  ...{ begun: [told(held)], ended: [] },
};

let server: MailServer | undefined;
afterEach(() => server?.stop());

async function openEmail(differing: Partial<Parameters<typeof createEmail>[0]> = {}) {
  server = await startMailServer({ user: 'passerelle', password: 'hunter22' });
  const smtpUrl = `smtp://passerelle:hunter22@127.0.0.1:${server.port}`;
  return createEmail({
    ...{ smtpUrl, from: 'alerts@cfa.example', to: ['anna@cfa.example', 'it@cfa.example'] },
    ...{ language: 'fr', time, timeoutMs: 5_000, ...differing },
  });
}

it('writes in French what holds and what to do', async () => {
  const email = await openEmail();
  const id = randomUUID();
  expect(await email.send({ id, message }, never)).toEqual({ ok: true });

  const [letter] = (await server?.until(1)) ?? [];
  expect(letter).toMatchObject({
    ...{ from: 'alerts@cfa.example', to: ['anna@cfa.example', 'it@cfa.example'] },
    head: {
      subject: `[Passerelle CFA d’Été] ${told(held).message.fr}`,
      'message-id': `<${id}@cfa.example>`,
      'auto-submitted': 'auto-generated',
    },
  });
  expect(letter?.body).toContain(told(held).message.fr);
  expect(letter?.body).toContain(`→ ${told(held).advice.fr}`);
  expect(letter?.body).toContain('Une alerte est en cours.');
});

it('writes in English, and counts where there are several', async () => {
  const email = await openEmail({ language: 'en' });
  const several = { ...message, begun: [told(held), told(full)], ended: [told(held, endedAt)] };
  await email.send({ id: randomUUID(), message: several }, never);

  const [letter] = (await server?.until(1)) ?? [];
  expect(letter?.head['subject']).toBe('[Passerelle CFA d’Été] 2 alerts, 1 over');
  expect(letter?.body).toContain(told(full).advice.en);
  expect(letter?.body).toContain('This is over (from 2026-11-20 11:00 to 2026-11-20 12:00):');
});

it('cannot be made to write other headers by a name', async () => {
  const email = await openEmail();
  const from = 'x\r\nBcc: eve@else.example\r\n\r\nhello';
  await email.send({ id: randomUUID(), message: { ...message, from } }, never);
  const [letter] = (await server?.until(1)) ?? [];
  expect(letter?.to).toEqual(['anna@cfa.example', 'it@cfa.example']);
  expect(letter?.head).not.toHaveProperty('bcc');
});

it('says in a code why it could not, and nothing of what the server said', async () => {
  const email = await openEmail();
  const url = `smtp://passerelle:wrong@127.0.0.1:${server?.port}`;
  const wrong = await openEmailAt(url).send({ id: '', message }, never);
  expect(wrong).toEqual({ ok: false, error: 'EAUTH 535' });
  await server?.stop();
  expect(await email.send({ id: '', message }, never)).toEqual({
    ...{ ok: false, error: expect.stringMatching(/^(ESOCKET|ECONNECTION|ECONNREFUSED)/) as string },
  });
});

function openEmailAt(smtpUrl: string) {
  return createEmail({
    ...{ smtpUrl, from: 'a@cfa.example', to: ['b@cfa.example'], language: 'fr', time },
  });
}

it('an address that does not exist keeps the letter from nobody else, who has it once', async () => {
  const email = await openEmail({ to: ['anna@cfa.example', 'nobody@cfa.example'] });
  expect(await email.send({ id: '', message }, never)).toEqual({ ok: true, refused: 1 });
});

it('waits no longer than its process', async () => {
  const email = await openEmail();
  expect(await email.send({ id: '', message }, AbortSignal.abort())).toMatchObject({ ok: false });
});
