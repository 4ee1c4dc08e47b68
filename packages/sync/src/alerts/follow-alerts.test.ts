import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../ports/alerts.js';
import { type AlertFacts, alertKey } from './facts.js';
import { followAlerts } from './follow-alerts.js';

const MINUTE_MS = 60_000;
const rests: AlertFacts = {
  ...{ kind: 'source_resting', since: '2026-11-20T11:00:00.000Z', failures: 5 },
};
const key = alertKey(rests);

/** Follows one state minute by minute; `x`: it holds, `?`: nobody knows. */
function follow(pattern: string, starts = 1): string {
  let alert: Alert | undefined;
  let lines = '';
  for (const [minute, sign] of [...pattern].entries()) {
    const now = new Date(minute * MINUTE_MS);
    const findings = {
      found: sign === 'x' ? [rests] : [],
      unknown: sign === '?' ? (['source_resting'] as const).slice() : [],
    };
    const open = alert === undefined ? [] : [alert];
    const [after] = followAlerts({ open, startsByKey: new Map([[key, starts]]) }, findings, now);
    if (after !== undefined) alert = { ...after, id: 1 };
    lines += sayState(alert);
    if (alert !== undefined && alert.endedAt !== null) alert = undefined;
  }
  return lines;
}

function sayState(alert: Alert | undefined): string {
  if (alert === undefined) return '.';
  if (alert.startedAt === null) return alert.endedAt === null ? 'p' : '-';
  return alert.endedAt === null ? 'A' : 'E';
}

describe('followAlerts', () => {
  it('begins when a state has held for a while, and ends when it has been gone for a while', () => {
    expect(follow('..xxx......')).toBe('..pAAAAAAAE');
  });

  it('says nothing of a moment, nor of a moment without', () => {
    expect(follow('x.x.')).toBe('p-p-');
    expect(follow('xx....xx.......')).toBe('pAAAAAAAAAAAAE.');
  });

  it('leaves what cannot be told as it is', () => {
    expect(follow('x?x???')).toBe('ppAAAA');
    expect(follow('xx..????????......')).toBe(`pA${'A'.repeat(10)}E.....`);
  });

  it('makes one alert of a state that comes and goes', () => {
    const flapping = 'xx.......'.repeat(20);
    expect(follow(flapping, 1).split('E').length - 1).toBe(20);
    expect(follow(flapping, 2)).not.toContain('E');
  });

  it('does not take for held what nobody looked at', () => {
    const [pending] = followAlerts(
      { open: [], startsByKey: new Map() },
      { found: [rests], unknown: [] },
      new Date(0),
    );
    const [later] = followAlerts(
      { open: pending === undefined ? [] : [pending], startsByKey: new Map() },
      { found: [rests], unknown: [] },
      new Date(60 * MINUTE_MS),
    );
    expect(later).toMatchObject({ startedAt: null, since: new Date(60 * MINUTE_MS) });
  });

  it('has one alert of a key at most, which begins once and ends once, however the state moves', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('x', '.', '?'), { maxLength: 80 }), (signs) => {
        const told = follow(signs.join('')).replaceAll('.', '');
        expect(told).toMatch(/^((p+A+(E|$))|(p+(-|$)))*$/);
      }),
    );
  });
});
