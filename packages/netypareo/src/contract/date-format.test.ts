import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileDateFormat } from './date-format.js';

describe('compileDateFormat', () => {
  it.each([
    ['JJ/MM/AAAA', '29/02/2024', '2024-02-29'],
    ['JJ/MM/AAAA', '29/02/2023', undefined],
    ['JJ/MM/AAAA', '31/04/2024', undefined],
    ['JJ/MM/AAAA', '1/4/2024', undefined],
    ['JJ/MM/AAAA', '2024-04-01', undefined],
    ['JJ/MM/AAAA', '01/04/2024 ', undefined],
    ['JJ/MM/AAAA', '00/00/0000', null],
    ['AAAA-MM-JJ', '2024-04-01', '2024-04-01'],
    ['JJ.MM.AAAA', '01.04.2024', '2024-04-01'],
    ['JJ.MM.AAAA', '01/04/2024', undefined],
    ['JJ/MM/AAAA[ HH:MM[:SS]]', '01/04/2024', '2024-04-01T00:00:00'],
    ['JJ/MM/AAAA[ HH:MM[:SS]]', '01/04/2024 09:58', '2024-04-01T09:58:00'],
    ['JJ/MM/AAAA[ HH:MM[:SS]]', '01/04/2024 09:58:59', '2024-04-01T09:58:59'],
    ['JJ/MM/AAAA[ HH:MM[:SS]]', '01/04/2024 24:00', undefined],
  ])('%s reads %s as %s', (format, text, expected) => {
    expect(compileDateFormat(format).parse(text)).toBe(expected);
  });

  it('reads back what it writes', () => {
    const days = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(days, fc.constantFrom('JJ/MM/AAAA', 'AAAA-MM-JJ', 'AAAAMMJJ'), (day, format) => {
        const iso = day.toISOString().slice(0, 10);
        const compiled = compileDateFormat(format);
        expect(compiled.parse(compiled.write(iso))).toBe(iso);
      }),
    );
  });

  it('refuses a format that cannot tell a day', () => {
    expect(() => compileDateFormat('MM/AAAA')).toThrow('expected a date format such as JJ/MM/AAAA');
    expect(() => compileDateFormat('JJ/MM/AAAA[ HH')).toThrow('expected a date format');
  });
});
