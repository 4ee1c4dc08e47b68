import type { Context } from '../context.js';
import { tellOfClock } from '../runtime/server-clock.js';
import { type Finding, fine, warn } from './finding.js';

/** Whether this machine's clock is the database's. */
export async function checkClock({ clock, stores }: Context): Promise<Finding[]> {
  const found = tellOfClock(await clock.follow(await stores()));
  return found === null
    ? [fine('clock', "The clock of this machine is the database's.")]
    : [warn('clock', found.message, found.advice)];
}
