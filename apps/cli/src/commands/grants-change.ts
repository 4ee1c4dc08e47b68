import type { Capability } from '@passerelle/roster';
import { type Grant, giveGrant, takeGrant, toGrantJson, toListJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { CommandError, UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { say, sayJson } from '../output/terminal.js';
import { authorOfCommand } from '../runtime/actor.js';
import { findUserId } from '../runtime/find-user.js';
import { endOf, unknownSite } from './access-options.js';
import { renderGrants } from './grants-list.js';

/** How rights are given. */
export interface AddOptions {
  site?: string;
  until?: string;
  reason: string;
  json?: true;
}

/** `passerelle grants add USER CAPABILITY…` */
export async function addGrants(
  context: Context,
  reference: string,
  capabilities: readonly Capability[],
  options: AddOptions,
): Promise<ExitCode> {
  const stores = await context.stores();
  const userId = await findUserId(stores, reference);
  const wanted = {
    ...{ userId, siteCode: options.site ?? null },
    expiresAt: endOf(context, options.until),
  };
  const grants: Grant[] = [];
  for (const capability of capabilities) {
    const deps = { ...stores, now: context.now };
    const author = authorOfCommand(options.reason);
    const result = await giveGrant(deps, { ...wanted, capability }, 'administrator', author);
    if (result.outcome === 'unknown_site') {
      throw unknownSite(options.site ?? '', await stores.grants.siteCodes());
    }
    if (result.outcome !== 'done') throw refusal(result.outcome, reference);
    grants.push(result.grant);
  }
  if (options.json) sayJson(context.terminal, toListJson(grants.map(toGrantJson)));
  else say(context.terminal, renderGrants(context, grants));
  return EXIT.done;
}

/** `passerelle grants remove ID` */
export async function removeGrant(
  context: Context,
  id: number,
  options: { reason: string; json?: true },
): Promise<ExitCode> {
  const deps = { ...(await context.stores()), now: context.now };
  const result = await takeGrant(deps, id, 'administrator', authorOfCommand(options.reason));
  if (result.outcome === 'unknown_grant') {
    throw new UsageError(
      `There is no right ${id}; "passerelle grants list" shows those there are.`,
    );
  }
  if (result.outcome !== 'done') throw refusal(result.outcome, String(id));
  if (options.json) sayJson(context.terminal, toGrantJson(result.grant));
  else say(context.terminal, `Taken away:\n${renderGrants(context, [result.grant])}`);
  return EXIT.done;
}

function refusal(outcome: string, reference: string): Error {
  if (outcome === 'past_end') return new UsageError('The last day lies in the past.');
  if (outcome === 'suspended_user') {
    return new CommandError(
      `"${reference}" is suspended, for NetYParéo no longer names them: they can be given nothing.`,
    );
  }
  if (outcome === 'last_holder') {
    return new CommandError(
      'Nobody else may grant everywhere without an end: give somebody else auth/netypareo:grant first.',
    );
  }
  return new UsageError(`There is no user "${reference}".`);
}
