import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from './csv-line.js';

describe('a line of CSV', () => {
  it('quotes what holds a comma, a quote or a line end, and nothing else', () => {
    expect(csvLine(['a', 'b,c', 'say "x"', 'two\nlines', 'é b', null, true, 3])).toBe(
      'a,"b,c","say ""x""","two\nlines",é b,,true,3\r\n',
    );
  });

  it.each(['=1+1', '+33 1', '-2', '@SUM(A1)', '\t=1', ' =1', '\r=1'])(
    'guards %j, which a spreadsheet would take for a formula',
    (text) => {
      expect(csvLine([text]).replace(/^"/, '')).toMatch(/^'/);
    },
  );

  it('leaves numbers be, negative ones too', () => {
    expect(csvLine([-2])).toBe('-2\r\n');
  });

  it('gives back every text that it was given', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (cells) => {
        const read = parse(csvLine(cells));
        expect(read.map((cell) => cell.replace(/^'(?=\s*[=+\-@\t\r])/, ''))).toEqual(
          cells.map((cell) => cell.replace(/^'(?=\s*[=+\-@\t\r])/, '')),
        );
      }),
    );
  });
});

/** RFC 4180, read the other way round. */
function parse(line: string): string[] {
  const cells: string[] = [];
  let rest = line.slice(0, -2);
  for (;;) {
    const [whole = '', quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^,]*))(?=,|$)/.exec(rest) ?? [];
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    rest = rest.slice(whole.length);
    if (rest === '') return cells;
    rest = rest.slice(1);
  }
}
