import { TASKS } from '@passerelle/roster';
import { describe, expect, it } from 'vitest';
import type { TaskObservation } from '../ports/alerts.js';
import { type AlertObservations, type AlertThresholds, evaluateAlerts } from './evaluate-alerts.js';

const HOUR_MS = 3_600_000;
const at = (text: string): Date => new Date(`${text}:00+01:00`);
const thresholds: AlertThresholds = {
  ...{ syncMaxAgeMs: null, sourceRestMs: HOUR_MS / 2, rejectedPercent: 5 },
  ...{ queueWaitMs: HOUR_MS / 4, diskFreeMb: 1_024 },
};
const NOON = at('2026-11-20T12:00');

const student: TaskObservation = {
  ...{ name: 'sync_students', ...TASKS.sync_students.defaultSchedule, disabled: false },
  ...{ rehearses: false, held: null, lastComplete: null },
  nextRunAt: at('2026-11-21T02:30'),
  lastGoodAt: at('2026-11-20T02:30'),
  scheduledSince: at('2026-09-01T12:00'),
};

function seen(differing: Partial<AlertObservations> = {}): AlertObservations {
  return {
    ...{ now: NOON, timeZone: 'Europe/Paris', blackoutEnd: () => null, tasks: [student] },
    ...{ source: { restingSince: null, failures: 0 }, queue: [] },
    members: [{ role: 'scheduler', host: 'a.example', diskFreeBytes: 5e10 }],
    ...differing,
  };
}

const found = (differing: Partial<AlertObservations>, set: Partial<AlertThresholds> = {}) =>
  evaluateAlerts(seen(differing), { ...thresholds, ...set }).found;
const tooOldAt = (now: Date, task: Partial<TaskObservation>, set: Partial<AlertThresholds> = {}) =>
  found({ now, tasks: [{ ...student, nextRunAt: null, ...task }] }, set).some(
    ({ kind }) => kind === 'sync_too_old',
  );

it('finds nothing where all is as it should be', () => {
  expect(evaluateAlerts(seen(), thresholds)).toEqual({ found: [], unknown: [] });
});

describe('the age of the last good sync', () => {
  it('is too old two hours after its second date without one', () => {
    expect(tooOldAt(at('2026-11-22T04:29'), {})).toBe(false);
    expect(tooOldAt(at('2026-11-22T04:30'), {})).toBe(true);
  });

  it('fits a schedule of minutes, and one of weeks', () => {
    const often = { minute: '*/10', hour: '*' };
    expect(tooOldAt(at('2026-11-20T04:49'), often)).toBe(false);
    expect(tooOldAt(at('2026-11-20T04:50'), often)).toBe(true);
    const weekly = { weekday: '5' };
    expect(tooOldAt(at('2026-11-28T04:29'), weekly)).toBe(false);
    expect(tooOldAt(at('2026-11-28T04:30'), weekly)).toBe(true);
  });

  it('may be set', () => {
    const set = { syncMaxAgeMs: 10 * HOUR_MS };
    expect(tooOldAt(at('2026-11-20T12:29'), {}, set)).toBe(false);
    expect(tooOldAt(at('2026-11-20T12:30'), {}, set)).toBe(true);
  });

  it('is nothing to a disabled task, nor to one that never comes due', () => {
    const muchLater = at('2027-11-20T12:00');
    expect(tooOldAt(muchLater, { disabled: true })).toBe(false);
    expect(tooOldAt(muchLater, { day: '31', month: '2' })).toBe(false);
    expect(tooOldAt(muchLater, {})).toBe(true);
  });

  it('counts from when the task was last changed: enabling one is no alert', () => {
    const enabled = { lastGoodAt: at('2026-05-01T02:30'), scheduledSince: NOON };
    expect(tooOldAt(at('2026-11-20T13:00'), enabled)).toBe(false);
    expect(tooOldAt(at('2026-11-22T04:30'), enabled)).toBe(true);
    expect(tooOldAt(at('2026-11-22T04:30'), { ...enabled, lastGoodAt: null })).toBe(true);
  });

  it('does not count while reading is not wanted, nor at once after it', () => {
    const holidays = (date: Date): Date | null =>
      date < at('2026-12-01T08:00') ? at('2026-12-01T08:00') : null;
    const alertsAt = (now: Date) => found({ now, blackoutEnd: holidays, tasks: [student] });
    const kinds = (now: Date) => alertsAt(now).filter(({ kind }) => kind === 'sync_too_old');
    expect(kinds(at('2026-12-02T09:59'))).toEqual([]);
    expect(kinds(at('2026-12-02T10:00'))).toHaveLength(1);
  });
});

it('finds a run that is held', () => {
  const tasks = [{ ...student, held: { runId: 7, at: NOON } }];
  expect(found({ tasks })).toEqual([
    { kind: 'run_held', task: 'sync_students', runId: 7, heldAt: NOON.toISOString() },
  ]);
});

it.each([
  [1_000, 50, false],
  [1_000, 51, true],
  [20, 9, false],
  [20, 10, true],
])('of %i records read %i were set aside: %s', (read, rejected, isFound) => {
  const tasks = [{ ...student, lastComplete: { runId: 7, read, rejected } }];
  expect(found({ tasks })).toHaveLength(isFound ? 1 : 0);
  expect(found({ tasks: tasks.map((task) => ({ ...task, disabled: true })) })).toEqual([]);
});

it('finds a source that has rested for long', () => {
  const restingFor = (ms: number) =>
    found({ source: { restingSince: new Date(NOON.getTime() - ms), failures: 9 } });
  expect(restingFor(HOUR_MS / 2 - 1)).toEqual([]);
  expect(restingFor(HOUR_MS / 2)).toMatchObject([{ kind: 'source_resting', failures: 9 }]);
});

describe('a schedule', () => {
  const overdue = { ...student, nextRunAt: new Date(NOON.getTime() - 600_001) };

  it('is dead when a date has passed that nobody took', () => {
    expect(found({ tasks: [overdue] })).toEqual([
      { kind: 'schedule_dead', tasks: ['sync_students'], scheduler: true },
    ]);
  });

  it('is not while a dry run is under way, nor of a disabled task', () => {
    expect(found({ tasks: [{ ...overdue, rehearses: true }] })).toEqual([]);
    expect(found({ tasks: [{ ...overdue, disabled: true }] })).toEqual([]);
  });

  it('is dead without a scheduler, if anybody is there to tell', () => {
    const members = [{ role: 'worker', host: 'a.example', diskFreeBytes: null }];
    expect(found({ members })).toMatchObject([{ kind: 'schedule_dead', scheduler: false }]);
    expect(found({ members: [] })).toEqual([]);
    expect(found({ members, tasks: [{ ...student, disabled: true }] })).toEqual([]);
  });
});

describe('the queue', () => {
  const waitingSince = (minutes: number, more: object = {}) => {
    const oldestAt = new Date(NOON.getTime() - minutes * 60_000);
    return found({
      queue: [{ queue: 'runs', waiting: 3, active: 1, delayed: 0, oldestAt, ...more }],
    });
  };

  it('stands still when its oldest job waits for long', () => {
    expect(waitingSince(14)).toEqual([]);
    expect(waitingSince(15)).toMatchObject([{ kind: 'queue_backlog', queue: 'runs', waiting: 3 }]);
  });

  it('may be long where parts are being read one after the other', () => {
    expect(waitingSince(179, { queue: 'fetch' })).toEqual([]);
    expect(waitingSince(180, { queue: 'fetch' })).toHaveLength(1);
    expect(waitingSince(15, { queue: 'fetch', active: 0 })).toHaveLength(1);
  });

  it('that does not answer says nothing of what waits in it', () => {
    expect(evaluateAlerts(seen({ queue: null }), thresholds)).toEqual({
      ...{ found: [{ kind: 'queue_unreachable' }], unknown: ['queue_backlog'] },
    });
  });
});

it('finds a full disk once for each machine', () => {
  const member = (host: string, freeMb: number | null) => ({
    ...{ role: 'scheduler', host },
    diskFreeBytes: freeMb === null ? null : freeMb * 1024 * 1024,
  });
  const members = [
    member('a.example', 1_023),
    member('a.example', 1_020),
    member('c.example', null),
  ];
  expect(found({ members: [...members, member('b.example', 1_024)] })).toEqual([
    { kind: 'disk_full', host: 'a.example', freeMb: 1_020 },
  ]);
});
