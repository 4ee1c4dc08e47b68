import type { RunState } from '@passerelle/roster';
import { describe, expect, it } from 'vitest';
import { taskHealth } from './task-health.js';

const NOW = new Date('2026-11-20T12:00:00Z');
const minutes = (count: number): Date => new Date(NOW.getTime() + count * 60_000);
const task = { disabled: false, nextRunAt: minutes(60), lastRunAt: minutes(-600) };
const ended = (state: RunState) => ({ state, endedAt: minutes(-600) });

describe('the health of a task', () => {
  it.each([
    ['succeeded', 'good'],
    ['held', 'held'],
    ['failed', 'failing'],
    ['partial', 'failing'],
    ['cancelled', 'good'],
  ] as const)('after a run that %s is %s', (state, health) => {
    expect(taskHealth(task, ended(state), NOW)).toBe(health);
  });

  it('is not known before the first good run', () => {
    expect(taskHealth({ ...task, lastRunAt: null }, null, NOW)).toBe('never');
  });

  it('is overdue where a date has passed and nothing runs', () => {
    const late = { ...task, nextRunAt: minutes(-11) };

    expect(taskHealth(late, ended('succeeded'), NOW)).toBe('overdue');
    expect(taskHealth(late, { state: 'running', endedAt: null }, NOW)).toBe('good');
    expect(taskHealth({ ...late, nextRunAt: minutes(-9) }, ended('succeeded'), NOW)).toBe('good');
  });

  it('of a disabled task is of no concern, unless something waits or went wrong', () => {
    const off = { ...task, disabled: true, nextRunAt: null };

    expect(taskHealth(off, ended('succeeded'), NOW)).toBe('disabled');
    expect(taskHealth(off, ended('held'), NOW)).toBe('held');
    expect(taskHealth(off, ended('failed'), NOW)).toBe('failing');
  });
});
