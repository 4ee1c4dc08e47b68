import { expect, test } from 'vitest';
import type { RunEvent } from '../ports/run-events.js';
import { describeRunEvent } from './describe-run-event.js';

const at = new Date('2026-11-20T01:31:00Z');
const base = { id: '7', runId: 3, at, part: null, detail: {} };
const time = (when: Date): string => when.toISOString().slice(11, 16);
const say = (event: Partial<RunEvent>): [string, string] => {
  const { fr, en } = describeRunEvent({ ...base, state: 'queued', ...event }, time);
  return [fr, en];
};

test('a part says what it read, where, and how much of it was set aside', () => {
  const detail = { reading: 'students', period: '12', site: '3', read: 512, rejected: 2 };
  expect(say({ part: 4, state: 'done', detail })).toEqual([
    'partie 4 (période 12, site 3) lue : 512 fiches, dont 2 mises de côté',
    'part 4 (period 12, site 3) read: 512 records, 2 of them set aside',
  ]);
  expect(say({ part: 1, state: 'done', detail: { read: 1, rejected: 0 } })).toEqual([
    'partie 1 lue : 1 fiche',
    'part 1 read: 1 record',
  ]);
});

test('a page says which records it asked for', () => {
  const detail = { site: '3', group: 'G1', offset: 100, limit: 50, error: 'It answered 502.' };
  expect(say({ part: 9, state: 'pending', detail })).toEqual([
    'partie 9 (site 3, groupe G1, fiches 101–150) remise à plus tard : It answered 502.',
    'part 9 (site 3, group G1, records 101–150) put off: It answered 502.',
  ]);
});

test('a run says what it waits for, and why it ended as it did', () => {
  const detail = { reason: 'source', until: '2026-11-20T01:41:00Z' } as const;
  expect(say({ state: 'waiting', detail })[0]).toBe(
    'en attente de NetYParéo, prochain essai à 01:41',
  );
  expect(say({ state: 'failed', detail: { error: 'Nobody signed in.' } })).toEqual([
    'échouée : Nobody signed in.',
    'failed: Nobody signed in.',
  ]);
});
