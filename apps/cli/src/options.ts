import { GUARD_NAMES, TASK_NAMES, type TaskName } from '@passerelle/roster';
import { InvalidArgumentError } from 'commander';
import { unknownName } from './suggest.js';

/** A parser of whole numbers within bounds, for an option or argument. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
  };
}

/** A parser of one of some words. */
export function oneOf<Word extends string>(
  what: string,
  words: readonly Word[],
): (text: string) => Word {
  return (text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(unknownName(what, text, words));
  };
}

/** The name of a task. */
export const taskName: (text: string) => TaskName = oneOf('task', TASK_NAMES);

/** `name=setting` of a guard, added to those given before. */
export function guardSetting(
  text: string,
  others: Readonly<Record<string, string>>,
): Record<string, string> {
  const [, name, setting] = /^([a-z-]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || setting === undefined) {
    throw new InvalidArgumentError(
      `Expected name=setting, such as removals=30,10% or rejected=off. Guards are ${GUARD_NAMES.join(', ')}.`,
    );
  }
  return { ...others, [name]: setting };
}

/** The id of a run, as `runs list` shows it. */
export const runId: (text: string) => number = wholeNumber(1, 2_147_483_647);

/** The id of a right or token, as their lists show it. */
export const recordId: (text: string) => number = wholeNumber(1, 2_147_483_647);

/** How many rows a list shows at most. */
export const pageSize: (text: string) => number = wholeNumber(1, 1000);
