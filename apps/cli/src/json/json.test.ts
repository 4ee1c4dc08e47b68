import type { Run } from '@passerelle/sync';
import { describe, expect, it } from 'vitest';
import { broken, fine } from '../doctor/finding.js';
import { demoJson, toDemoJson } from './demo.js';
import { doctorJson } from './doctor.js';

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

describe('what the doctor finds', () => {
  it('has a shape of its own', () => {
    const findings = [fine('disk', 'Room enough.'), broken('source', 'Not there.', 'Look.')];

    expect(doctorJson.parse({ ok: false, findings }).findings).toEqual(findings);
  });
});

describe('the demo', () => {
  it('has a form of its own', () => {
    const registry = {
      ...{ sites: 1, memberships: 2, tutorships: 0, definitions: 9 },
      groups: { initial: 1, continuing: 0 },
      users: { student: 3, teacher: 0, tutor: 0 },
    };
    const json = demoJson.parse(toDemoJson([run], registry));

    expect(json.runs).toEqual([
      { task: 'sync_students', state: 'held', ...run.counts, seconds: 1.75 },
    ]);
    expect(json.registry).toEqual(registry);
  });
});
