import type { Condition } from '../contract/schema.js';
import { splitPath } from './filter.js';
import { ABSENT, isEmpty, lookUp, MISSHAPEN, type Value } from './tree.js';

/** Does a record, an element or an answer fulfil a condition of the contract? */
export type Test = (value: Value) => boolean;

/** A test from a condition; several demands must all be met, none at all means: not empty. */
export function testOf(
  condition: Omit<Condition, 'notEmpty'> & { notEmpty?: boolean | undefined },
): Test {
  const path = splitPath(condition.path);
  const wanted = [
    ...(condition.equals === undefined ? [] : [condition.equals]),
    ...(condition.oneOf ?? []),
  ].map(String);
  const mustNotBeEmpty = condition.notEmpty ?? wanted.length === 0;
  return (value) => {
    const found = lookUp(value, path);
    const isThere = found !== ABSENT && found !== MISSHAPEN && !isEmpty(found);
    if (condition.notEmpty === false) return !isThere;
    if (mustNotBeEmpty && !isThere) return false;
    if (wanted.length === 0) return true;
    return wanted.includes(isThere && typeof found === 'string' ? found.trim() : '');
  };
}
