import { expect, it } from 'vitest';
import { foldName } from './fold-name.js';

it.each([
  ['MARTIN', 'martin'],
  ["Zoé L'Hénaff", 'zoe l henaff'],
  ['d’Ornano', 'd ornano'],
  ['Jean-Baptiste', 'jean baptiste'],
  ['Œuvrard', 'oeuvrard'],
  ['Lætitia', 'laetitia'],
  ['Ёлкин', 'елкин'],
])('folds %s to %s', (name, folded) => {
  expect(foldName(name)).toBe(folded);
});
