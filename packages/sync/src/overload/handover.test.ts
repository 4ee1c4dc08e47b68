import { expect, it } from 'vitest';
import { createHandover } from './handover.js';

it('tells the others where nobody waits here', () => {
  expect(createHandover().keep(0)).toBe(false);
});

it('keeps no more permits than wait here, until they are taken', () => {
  const handover = createHandover();
  expect([handover.keep(2), handover.keep(2), handover.keep(2)]).toEqual([true, true, false]);
  handover.looked(true);
  expect([handover.keep(2), handover.keep(2)]).toEqual([true, false]);
});

it('counts on nothing that somebody else has taken', () => {
  const handover = createHandover();
  handover.keep(1);
  handover.looked(false);
  expect(handover.keep(1)).toBe(true);
});

it('lets the others have their turn', () => {
  const handover = createHandover();
  const kept = Array.from({ length: 18 }, () => {
    const isKept = handover.keep(5);
    handover.looked(true);
    return isKept;
  });
  expect(kept.filter((isKept) => !isKept)).toHaveLength(2);
  expect(kept.indexOf(false)).toBe(8);
});
