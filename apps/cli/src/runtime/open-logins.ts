import { createLoginCheck, type LoginCheck, type SyncContext } from '@passerelle/sync';
import type { Context } from '../context.js';

/** What validates logins, on what this process has open. */
export async function openLogins(context: Context, sync: SyncContext): Promise<LoginCheck> {
  const { loginThrottle, loginPeople, loginVerifiers } = await context.stores();
  const { source, wsdl } = await context.source();
  if (wsdl === undefined) {
    context.log.warn(
      'NETYPAREO_WSDL is not set: nobody can sign in, and no login can be validated. Set it to the address or file of the WSDL of NetYParéo.',
    );
  }
  const { sourceState, overload, random, log } = sync;
  return createLoginCheck({
    ...{ source, sourceState, overload, random, log },
    ...{ throttle: loginThrottle, people: loginPeople, verifiers: loginVerifiers },
    cacheHours: context.config.loginCacheHours,
  });
}
