import { expect, test } from 'vitest';
import { chooseBackend } from './choose-backend.js';
import { QueueError } from './errors.js';
import { nextScheduledRun } from './next-run.js';
import { parsePayload } from './payloads.js';

test('a payload is what its job says, and nothing else', () => {
  expect(parsePayload('fetch', { runId: 1, count: 2, part: 3 })).toEqual({
    runId: 1,
    count: 2,
    part: 3,
  });
  expect(() => parsePayload('tick', { task: 'sync_sites', login: 'zoe' })).toThrow(QueueError);
});

test('a bad payload is refused by field, without its values', () => {
  const refusal = (): unknown => parsePayload('run', { runId: 'zoe.exemple', count: 1 });
  expect(refusal).toThrow(/run job .*runId/);
  expect(refusal).not.toThrow(/zoe/);
});

test('Redis is used where there is one, else PostgreSQL', () => {
  const redisUrl = 'redis://r';
  const databaseUrl = 'postgres://p';
  expect(chooseBackend({ redisUrl, databaseUrl })).toEqual({ kind: 'redis', url: redisUrl });
  expect(chooseBackend({ redisUrl: undefined, databaseUrl }).kind).toBe('postgres');
  expect(() => chooseBackend({})).toThrow(/DATABASE_URL/);
});

test('schedules follow the rules of the roster', () => {
  const winter = new Date('2026-01-10T12:00:00Z');
  expect(nextScheduledRun('30 2 * * *', winter, 'Europe/Paris')).toEqual(
    new Date('2026-01-11T01:30:00Z'),
  );
  expect(nextScheduledRun('0 0 30 2 *', winter, 'Europe/Paris')).toBeNull();
  expect(() => nextScheduledRun('often', winter, 'Europe/Paris')).toThrow(/not a schedule/);
});
