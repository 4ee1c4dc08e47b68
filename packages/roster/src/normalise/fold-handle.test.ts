import { expect, it } from 'vitest';
import { foldHandle } from './fold-handle.js';

it.each([
  ['RENÉ_1', 'rene_1'],
  ['z.legoff@cfa.example', 'z.legoff@cfa.example'],
  ["O'Brien-%", "o'brien-%"],
  ['Øre', 'Øre'],
  ['ﬁ🎉', 'ﬁ🎉'],
])('folds %s to %s', (handle, folded) => {
  expect(foldHandle(handle)).toBe(folded);
});
