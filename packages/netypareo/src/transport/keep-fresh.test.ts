import { expect, it } from 'vitest';
import { keepFresh } from './keep-fresh.js';

const HOUR = 3_600_000;

function rig(answers: (string | Error)[]) {
  const clock = { now: 0 };
  let loads = 0;
  const load = async () => {
    const answer = answers[loads++] ?? new Error('no more');
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const log = { debug: () => {}, warn: () => {} };
  const get = keepFresh(load, { now: () => clock.now, log });
  return { clock, get, loads: () => loads };
}

it('loads once for all who ask', async () => {
  const { get, loads } = rig(['old']);
  expect(await Promise.all([get(), get(), get()])).toEqual(['old', 'old', 'old']);
  expect(loads()).toBe(1);
});

it('loads again when the value is an hour old, which nobody waits for', async () => {
  const { clock, get } = rig(['old', 'new']);
  await get();
  clock.now = HOUR - 1;
  expect(await get()).toBe('old');
  clock.now = HOUR;
  expect(await get()).toBe('old');
  expect(await get()).toBe('new');
});

it('keeps the old value when loading again fails, and soon tries once more', async () => {
  const { clock, get, loads } = rig(['old', new Error('down'), 'new']);
  await get();
  clock.now = HOUR;
  expect(await get()).toBe('old');
  expect(await get()).toBe('old');
  expect(loads()).toBe(2);
  clock.now = HOUR + 60_000;
  expect(await get()).toBe('old');
  expect(await get()).toBe('new');
});

it('does not keep a first failure', async () => {
  const { get } = rig([new Error('down'), 'there']);
  await expect(get()).rejects.toThrow('down');
  expect(await get()).toBe('there');
});
