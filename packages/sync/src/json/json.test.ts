import { describe, expect, it } from 'vitest';
import type { SourceHealth } from '../health/source-health.js';
import type { Run } from '../ports/runs.js';
import type { TaskState } from '../ports/task-store.js';
import type { UserView } from '../ports/user-directory.js';
import { listJson, toListJson } from './list.js';
import { runDetailJson, runJson, toGuardsJson, toPartJson, toRunJson, toWaitJson } from './run.js';
import { toMissingJson } from './shortfall.js';
import { sourceHealthJson, toSourceHealthJson } from './source-health.js';
import { nextTry, taskJson, toTaskJson } from './task.js';
import { toUserJson, userJson } from './user.js';

const at = (time: string): Date => new Date(`2026-11-20T${time}Z`);

const run: Run = {
  id: 12,
  task: 'sync_students',
  state: 'held',
  trigger: 'manual',
  siteCode: null,
  userId: null,
  retryOfId: null,
  onlyMissing: false,
  requestedBy: null,
  dryRun: false,
  enqueueCount: 1,
  holdReason: 'No learner came back.',
  guards: [],
  schoolYear: null,
  decision: null,
  errorKind: null,
  error: null,
  counts: { read: 3, created: 1, updated: 1, unchanged: 1, suspended: 0, rejected: 0 },
  missing: 2,
  links: { added: 2, removed: 0 },
  wait: null,
  queuedAt: at('01:00:00'),
  startedAt: at('01:00:01.250'),
  endedAt: at('01:00:03'),
};

const task: TaskState = {
  name: 'sync_students',
  component: 'Connecteur Net YParéo',
  minute: '30',
  hour: '2',
  day: '*',
  month: '*',
  weekday: '*',
  disabled: false,
  customised: false,
  lastRunAt: null,
  nextRunAt: at('01:30:00'),
  failDelaySeconds: 0,
  guards: {},
  retryAt: null,
};

const promised: Omit<UserView, 'missingOn' | 'suspendedOn' | 'protection'> = {
  kind: 'student',
  code: '1234',
  login: null,
  lastName: "L'Hôte",
  firstName: 'Zoé',
  email: null,
  birthDate: '2008-02-29',
  status: 'active',
  profile: {
    netypareo_usertype: 'Apprenant',
    netypareo_ouverage: 'majeur',
    netypareo_status: 'apprenti',
    netypareo_cursus: 'BTS1',
    netypareo_program: '',
    netypareo_program_step: '',
  },
  memberships: [{ group: '7', role: 'student', from: '2026-09-01', to: null, active: true }],
  tutors: ['tutor:7'],
  students: [],
  updatedAt: at('02:00:00'),
};

const detail = (parts: unknown[]) => ({
  ...toRunJson(run),
  missing: run.missing,
  ...toMissingJson(run, { lacked: [], missing: [], readBy: null }, null),
  ...{ dryRun: false, wait: null, ...toGuardsJson(run), parts, rejections: [] },
});

describe('a run', () => {
  it('has the promised shape, and a held one says why', () => {
    const json = runJson.parse(toRunJson(run));

    expect(json).toMatchObject({ id: 12, seconds: 1.75, error: 'No learner came back.' });
    expect(Object.keys(json)).toEqual(
      'id task state trigger counts links startedAt endedAt seconds error'.split(' '),
    );
  });

  it('has no duration before its end', () => {
    expect(toRunJson({ ...run, endedAt: null })).toMatchObject({ seconds: null, endedAt: null });
  });

  it('tells by itself also whose grace it began, beside the counts of every run', () => {
    expect(runDetailJson.parse(detail([]))).toMatchObject({ counts: run.counts, missing: 2 });
    expect(toRunJson(run).counts).toEqual(run.counts);
  });

  it('lists its parts by their place', () => {
    const part = toPartJson({
      ...{ number: 1, reading: 'students', state: 'failed', attempt: 3, read: 0, rejected: 0 },
      ...{ periodCode: '2026', siteCode: '4', groupCode: null },
      ...{ page: { offset: 40, limit: 50, last: true }, tries: 3, failedAt: null, splitFrom: 0 },
      ...{ errorKind: 'timeout', error: 'Too slow.', startedAt: null, endedAt: null },
    });
    const { parts } = runDetailJson.parse(detail([part]));
    expect(parts).toMatchObject([
      {
        ...{ period: '2026', site: '4', error: 'Too slow.' },
        ...{ page: { offset: 40, limit: 50 }, pieceOf: 0 },
      },
    ]);
  });

  it('that waits says for what, and until when', () => {
    const wait = toWaitJson({ reason: 'source', until: at('01:41:00') });

    expect(runDetailJson.parse({ ...detail([]), wait }).wait).toEqual({
      ...{ reason: 'source', until: '2026-11-20T01:41:00.000Z' },
    });
    expect(toWaitJson(null)).toBeNull();
  });
});

describe('a task', () => {
  it('has the promised shape, with its schedule in two languages', () => {
    const json = taskJson.parse(toTaskJson(task));

    expect(json.inWords).toEqual({ fr: 'tous les jours à 02:30', en: 'every day at 02:30' });
    expect(json.nextRunAt).toBe('2026-11-20T01:30:00.000Z');
  });

  it('is next run when its retry is due, if that is sooner', () => {
    const retryAt = at('01:05:00');

    expect(nextTry({ ...task, retryAt })).toEqual(retryAt);
    expect(nextTry({ ...task, retryAt: at('05:00:00') })).toEqual(task.nextRunAt);
    expect(nextTry({ ...task, nextRunAt: null, retryAt })).toEqual(retryAt);
    expect(nextTry({ ...task, disabled: true, retryAt })).toBeNull();
  });
});

const user: UserView = {
  ...promised,
  ...{ missingOn: '2026-11-19', suspendedOn: null },
  protection: { by: 'cli:anna', reason: 'Abroad.', at: at('02:00:00') },
};

describe('a user', () => {
  it('has the promised shape and nothing else', () => {
    const json = toUserJson({ ...user, ...{ internalId: 5 } });

    expect(userJson.parse(json)).toEqual({ ...promised, updatedAt: '2026-11-20T02:00:00.000Z' });
  });
});

describe('a list', () => {
  it('is a page with a cursor, or without at its end', () => {
    const page = listJson(runJson).parse(toListJson([toRunJson(run)], '12'));

    expect(page.nextCursor).toBe('12');
    expect(toListJson([])).toEqual({ items: [], nextCursor: null });
  });
});

describe('the health of the source', () => {
  it('has a shape of its own, with each event in two languages and its time in UTC', () => {
    const health: SourceHealth = {
      ...{ state: 'paused', limit: 2, hardCap: 4, ceiling: 3, failuresInARow: 0, retriesLeft: 9 },
      ...{ restsSince: null, nextProbeAt: null, pausedUntil: at('11:00:00') },
      ...{ lastSuccessAt: at('01:29:00'), limitHistory: [{ at: at('01:20:00'), limit: 2 }] },
      underWay: [
        {
          ...{ purpose: 'reading', operation: 'getApprenants', siteCode: '3' },
          ...{ takenAt: at('01:29:00'), until: at('01:30:00') },
        },
      ],
      calls: [
        {
          ...{ operation: 'getApprenants', purpose: 'reading', outcomes: { ok: 3, http_502: 1 } },
          ...{ latencyMs: null, largestOkBytes: 9, largestFailedBytes: 0 },
        },
      ],
      waiting: [{ ...run, wait: { reason: 'calendar', until: at('11:00:00') } }],
      events: [
        {
          ...{ id: 7, at: at('01:31:00') },
          event: { kind: 'retries_spent', until: at('01:41:00').getTime() },
        },
      ],
      advice: [{ code: 'slow', text: { fr: 'Lent.', en: 'Slow.' } }],
    };
    const time = (moment: Date) => moment.toISOString().slice(11, 16);
    const json = toSourceHealthJson(health, { at: at('01:45:00'), hours: 24 }, time);

    expect(sourceHealthJson.parse(json)).toEqual(json);
    expect(json.events).toEqual([
      {
        ...{ id: 7, at: '2026-11-20T01:31:00.000Z', kind: 'retries_spent' },
        until: '2026-11-20T01:41:00.000Z',
        fr: 'trop de nouvelles tentatives : elles passent une par une à partir de 01:41',
        en: 'too many repetitions: they follow one by one from 01:41',
      },
    ]);
    expect(json.waiting).toEqual([
      { run: 12, task: 'sync_students', reason: 'calendar', until: '2026-11-20T11:00:00.000Z' },
    ]);
  });
});
