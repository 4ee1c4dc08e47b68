import { expect, it } from 'vitest';
import type { Alert } from '../ports/alerts.js';
import { composeMessage } from './compose-message.js';
import { ALERT_KINDS, type AlertFacts, alertKey } from './facts.js';
import { describeAlert } from './describe-alert.js';

const NOON = new Date('2026-11-20T12:00:00Z');
const SAID = { from: 'cfa.example', now: NOON, time: (at: Date) => at.toISOString().slice(0, 16) };

function alert(facts: AlertFacts, differing: Partial<Alert> = {}): Alert {
  return {
    ...{ id: 1, key: alertKey(facts), kind: facts.kind, facts, since: NOON, lastSeenAt: NOON },
    ...{ startedAt: NOON, clearSince: null, endedAt: null, told: {}, ...differing },
  };
}

const unreachable: AlertFacts = { kind: 'queue_unreachable' };
const held: AlertFacts = {
  ...{ kind: 'run_held', task: 'sync_students', runId: 7, heldAt: NOON.toISOString() },
};
const full: AlertFacts = { kind: 'disk_full', host: 'a.example', freeMb: 12 };

it('tells all that a channel was not told yet, once, in one message', () => {
  const begun = alert(unreachable);
  const over = alert(held, { endedAt: NOON, told: { webhook: 'begun' } });
  const known = alert(full, { told: { webhook: 'begun' } });
  const pending = alert({ ...full, host: 'b.example' }, { startedAt: null });

  const composed = composeMessage([begun, over, known, pending], 'webhook', SAID);

  expect(composed?.message).toMatchObject({
    ...{ from: 'cfa.example', begun: [{ key: 'queue_unreachable' }], open: 2 },
    ended: [{ key: 'run_held:sync_students' }],
  });
  expect([...(composed?.told ?? [])]).toEqual([
    [begun, 'begun'],
    [over, 'ended'],
  ]);
  expect(composeMessage([known, pending], 'webhook', SAID)).toBeNull();
  expect(composeMessage([known, pending], 'email', SAID)?.message.begun).toHaveLength(1);
});

it('never tells of what ended before it was told of', () => {
  expect(composeMessage([alert(held, { endedAt: NOON })], 'webhook', SAID)).toBeNull();
});

const date = NOON.toISOString();
const EVERY: Record<AlertFacts['kind'], AlertFacts> = {
  sync_too_old: { kind: 'sync_too_old', task: 'sync_sites', lastGoodAt: date },
  run_held: held,
  rejected_share: { kind: 'rejected_share', task: 'sync_tutors', runId: 3, read: 50, rejected: 20 },
  source_resting: { kind: 'source_resting', since: date, failures: 6 },
  schedule_dead: { kind: 'schedule_dead', tasks: ['sync_sites'], scheduler: false },
  queue_backlog: { kind: 'queue_backlog', queue: 'runs', waiting: 3, oldestAt: date, workers: 0 },
  queue_unreachable: unreachable,
  disk_full: full,
};

it.each(Object.keys(ALERT_KINDS) as AlertFacts['kind'][])(
  'says in two languages what %s is',
  (kind) => {
    const { message, advice } = describeAlert(EVERY[kind], SAID.time);
    for (const text of [message.fr, message.en, advice.fr, advice.en]) {
      expect(text).toMatch(/^\S.*[.]$/);
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    }
    for (const text of [message.fr, advice.fr])
      expect(text).not.toMatch(/[^\u00a0][:;?!»]( |$)|«[^\u00a0]/);
  },
);
