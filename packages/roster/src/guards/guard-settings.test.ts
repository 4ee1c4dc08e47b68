import { expect, it } from 'vitest';
import { GUARD_DEFAULTS, GUARD_NAMES, parseGuards, showGuard } from './guard-settings.js';

it.each([
  ['removals', '30,10%', { count: 30, percent: 10 }],
  ['removals', '30 , 2.5 %', { count: 30, percent: 2.5 }],
  ['site-removals', '7', { count: 7, percent: 0 }],
  ['group-removals', '25%', { count: 0, percent: 25 }],
  ['identity-swaps', '5', { count: 5, percent: 0 }],
  ['changed', '80%', { percent: 80, from: 50 }],
  ['rejected', '1%,from 10', { percent: 1, from: 10 }],
  ['rejected', '1%, 10', { percent: 1, from: 10 }],
  ['rejected', 'OFF', null],
  ['emptied', 'off', false],
  ['emptied', 'on', true],
  ['removals', 'default', GUARD_DEFAULTS.removals],
] as const)('%s=%s', (name, text, setting) => {
  const parsed = parseGuards({ [name]: text });
  expect(parsed).toMatchObject({ ok: true, settings: { ...GUARD_DEFAULTS, [name]: setting } });
});

it('what was said to be the default is not kept', () => {
  const parsed = parseGuards({ removals: 'default', emptied: 'on', changed: 'off' });
  expect(parsed).toMatchObject({ texts: { changed: 'off' } });
  expect(parsed.ok && Object.keys(parsed.texts)).toEqual(['changed']);
});

it('a default reads as it is shown', () => {
  for (const name of GUARD_NAMES) {
    const parsed = parseGuards({ [name]: showGuard(GUARD_DEFAULTS, name) });
    expect(parsed).toMatchObject({ ok: true, settings: GUARD_DEFAULTS });
  }
});

it.each([
  ['removals', 'many'],
  ['removals', '-1'],
  ['removals', '10,101%'],
  ['removals', ''],
  ['changed', '50'],
  ['emptied', '5'],
  ['identity', '5'],
])('%s=%s is refused, and the sentence says what to write', (name, text) => {
  const parsed = parseGuards({ [name]: text });
  expect(parsed).toMatchObject({ ok: false, problems: [{ guard: name }] });
  if (parsed.ok) return;
  expect(parsed.problems[0]?.message.en).toContain(name);
  expect(parsed.problems[0]?.message.fr).toMatch(/écrivez|Il y a/);
});
