import type { Context } from '../context.js';
import { note } from '../output/terminal.js';
import { offerSetup } from './offer-setup.js';
import type { RunningRole } from './roles.js';

/** Says where the API of this process answers, and how to become the first who may do anything. */
export async function announceApi(
  context: Context,
  roles: readonly Pick<RunningRole, 'url'>[],
): Promise<void> {
  for (const { url } of roles) {
    if (url === undefined) continue;
    note(context.terminal, `The API answers at ${url} (${url}/docs).`);
    await offerSetup(context, url);
  }
}
