import { expect, it } from 'vitest';
import { ONE_LINE } from './one-line.js';

it.each(['', 'Été à l’école', 'a\u00A0b', '😀', "'; DROP TABLE users; --"])(
  'is one line: %j',
  (text) => {
    expect(ONE_LINE.test(text)).toBe(true);
  },
);

it.each(['\n', '\r', '\t', '\0', '\u001B[2J', '\u007F', '\u0085', '\u2028', '\u2029', '\uD800'])(
  'is no line: one with %j',
  (cut) => {
    for (const text of [cut, `a${cut}`, `${cut}b`, `a${cut}b`]) {
      expect(ONE_LINE.test(text)).toBe(false);
    }
  },
);
