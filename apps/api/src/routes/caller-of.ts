import type { Caller } from '@passerelle/sync';
import type { Scope } from '../table/scope.js';

/** Who calls, on a route that is not public. */
export function callerOf({ caller }: Pick<Scope, 'caller'>): Caller {
  if (caller === null) throw new Error('Nobody is known to have asked.');
  return caller;
}
