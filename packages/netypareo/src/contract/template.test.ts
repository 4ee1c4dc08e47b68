import { describe, expect, it } from 'vitest';
import { fillParameters, fillTemplate } from './template.js';

const values = {
  'site.code': '12',
  'group.code': null,
  'period.startsOn': '2026-09-01',
  today: '2026-11-22',
};

describe('fillTemplate', () => {
  it.each([
    ['{{site.code}}', '12'],
    ['site {{ site.code }}!', 'site 12!'],
    ['{{group.code}}', ''],
    ['{{period.startsOn}}', '01/09/2026'],
    ['{{ period.startsOn | AAAA-MM-JJ }}', '2026-09-01'],
    ['{{today | AAAAMMJJ}}', '20261122'],
    ['{{group.code?}}', undefined],
    ['{{site.code?}}', '12'],
    ['1', '1'],
  ])('%s becomes %s', (template, expected) => {
    expect(fillTemplate(template, values)).toBe(expected);
  });

  it('takes values as they are, braces and dollars included', () => {
    expect(fillTemplate('{{username}}', { username: '$& {{password}}' })).toBe('$& {{password}}');
  });
});

describe('fillParameters', () => {
  it('fills structures and lists, and leaves out what is optional and empty', () => {
    const filled = fillParameters(
      {
        filtre: { codesSite: ['{{site.code}}', '{{group.code?}}'], actif: true },
        groupe: '{{group.code?}}',
        rien: '{{group.code}}',
      },
      values,
    );
    expect(filled).toEqual({ filtre: { codesSite: ['12'], actif: 'true' }, rien: '' });
  });
});
