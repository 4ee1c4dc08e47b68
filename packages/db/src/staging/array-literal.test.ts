import { expect, it } from 'vitest';
import { toArrayLiteral } from './array-literal.js';

it.each([
  [[], '{}'],
  [['Ana', 'Luc'], '{"Ana","Luc"}'],
  [[null, 'NULL', ''], '{NULL,"NULL",""}'],
  [['a,b', '{c}', ' d '], '{"a,b","{c}"," d "}'],
  [['"', '\\', 'O"N\\"'], '{"\\"","\\\\","O\\"N\\\\\\""}'],
])('writes %j as %s', (values, literal) => {
  expect(toArrayLiteral(values)).toBe(literal);
});
