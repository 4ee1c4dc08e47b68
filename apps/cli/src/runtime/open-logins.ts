import { createLoginCheck, type LoginCheck, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';

/** What validates logins, on what this process has open. */
export async function openLogins(context: Context, sync: SyncContext): Promise<LoginCheck> {
  const { loginThrottle, loginPeople, loginVerifiers } = await context.stores();
  const { source } = await context.source();
  const { sourceState, overload, random, log } = sync;
  return createLoginCheck({
    ...{ source, sourceState, overload, random, log },
    ...{ throttle: loginThrottle, people: loginPeople, verifiers: loginVerifiers },
    cacheHours: context.config.loginCacheHours,
  });
}
