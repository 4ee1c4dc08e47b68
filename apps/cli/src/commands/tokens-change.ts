import type { Capability } from '@passerelle/roster';
import { createToken, toTokenJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note, say, sayJson } from '../output/terminal.js';
import { authorOfCommand } from '../runtime/actor.js';
import { endOf, unknownSite } from './access-options.js';

/** What a token is to be. */
export interface CreateOptions {
  capability: Capability[];
  site?: string[];
  until?: string;
  reason?: string;
  json?: true;
}

/** `passerelle tokens create NAME` */
export async function createTokenCommand(
  context: Context,
  name: string,
  options: CreateOptions,
): Promise<ExitCode> {
  const stores = await context.stores();
  const request = {
    ...{ name, capabilities: options.capability, siteCodes: options.site ?? [] },
    expiresAt: endOf(context, options.until),
  };
  const deps = { ...stores, now: context.now };
  const result = await createToken(deps, request, 'administrator', authorOfCommand(options.reason));
  if (result.outcome === 'unknown_site') {
    throw unknownSite(result.siteCode, await stores.grants.siteCodes());
  }
  if (result.outcome !== 'done') throw new UsageError('The last day lies in the past.');
  const { token, secret } = result;
  if (options.json) {
    sayJson(context.terminal, { ...toTokenJson(token), secret });
    return EXIT.done;
  }
  say(context.terminal, secret);
  note(context.terminal, `Token ${token.id}, "${name}": it is not shown again. Keep it secret.`);
  return EXIT.done;
}

/** `passerelle tokens revoke ID` */
export async function revokeToken(
  context: Context,
  id: number,
  { reason, json }: { reason?: string; json?: true },
): Promise<ExitCode> {
  const { tokens } = await context.stores();
  const token = await tokens.revokeToken(id, authorOfCommand(reason), context.now());
  if (token === null) {
    throw new UsageError(`There is no token ${id}; "passerelle tokens list" shows them.`);
  }
  if (json) sayJson(context.terminal, toTokenJson(token));
  else say(context.terminal, `Token ${id}, "${token.name}", is revoked.`);
  return EXIT.done;
}
