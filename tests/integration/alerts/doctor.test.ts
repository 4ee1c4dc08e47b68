import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import pg from 'pg';
import { migrateQueue } from '@passerelle/queue';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandRoom, createCommandRoom } from '../../support/cli.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { type MailServer, startMailServer } from '../../support/mail-server.js';

let place: TestDatabase;
let room: CommandRoom;
let sql: pg.Pool;
let mail: MailServer;
let hook: Server;
let status = 200;

beforeAll(async () => {
  place = await createTestDatabase();
  await migrateQueue({ backend: { kind: 'postgres', url: place.url }, namespace: 'passerelle' });
  room = await createCommandRoom({ DATABASE_URL: place.url });
  sql = new pg.Pool({ connectionString: place.url, max: 1 });
  mail = await startMailServer();
  hook = createServer((_request, response) => response.writeHead(status).end()).listen(
    0,
    '127.0.0.1',
  );
  await once(hook, 'listening');
});
afterAll(async () => {
  hook.close();
  await mail.stop();
  await sql.end();
  await room.remove();
  await place.drop();
});

const hookUrl = (): string => {
  const address = hook.address();
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/key`;
};

async function about(...args: string[]): Promise<string[]> {
  const { stdout } = await room.runHere('doctor', ...args, '--json');
  const { findings } = JSON.parse(stdout) as {
    findings: { about: string; state: string; message: string }[];
  };
  return findings
    .filter(({ about: what }) => what === 'alerts')
    .map(({ state, message }) => `${state}: ${message}`);
}

it('tells that nobody is told', async () => {
  expect(await about()).toEqual([
    'ok: Nothing is worth an alert.',
    'warning: Nobody is told of alerts.',
  ]);
});

it('shows what somebody would be told of, by the same rules', async () => {
  await sql.query(`INSERT INTO sync_runs (task, state, trigger, read, rejected, ended_at)
                   VALUES ('sync_tutors', 'succeeded', 'schedule', 100, 40, now())`);
  expect(await about()).toContain('warning: sync_tutors: run 1 set 40 of 100 records aside.');
});

it('tells what keeps alerts from being told', async () => {
  room.set({ PASSERELLE_ALERT_EMAIL: 'anna@cfa.example', PASSERELLE_ALERT_WEBHOOK: hookUrl() });
  expect(await about()).toEqual(
    expect.arrayContaining([
      'problem: PASSERELLE_ALERT_EMAIL is set, but no mail server.',
      'warning: Webhook messages are not signed.',
      'ok: Alerts go out (webhook); there was none yet.',
    ]),
  );
  const message = { type: 'alerts', from: '', at: new Date().toISOString(), begun: [], ended: [] };
  await sql.query(
    `INSERT INTO alert_deliveries (id, channel, message, created_at, next_attempt_at, attempts, last_error)
     VALUES (gen_random_uuid(), 'webhook', $1, now(), now(), 4, 'HTTP 404')`,
    [JSON.stringify({ ...message, open: 0 })],
  );
  expect(await about()).toContain(
    'problem: A message could not be sent in 4 tries (HTTP 404). (webhook)',
  );
});

it('sends a test message on demand', async () => {
  room.set({
    PASSERELLE_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    PASSERELLE_ALERT_NAME: 'CFA 1',
  });
  expect(await about('--send-test-alert')).toEqual([
    'ok: A test message went out (webhook).',
    'ok: A test message went out (email).',
  ]);
  const [letter] = await mail.until(1);
  expect(letter?.head['subject']).toBe('[Passerelle CFA 1] message d’essai');
  status = 500;
  expect(await about('--send-test-alert')).toContain(
    'problem: A test message failed (HTTP 500). (webhook)',
  );
});
