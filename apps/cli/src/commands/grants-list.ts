import type { Capability } from '@passerelle/roster';
import { type Grant, type GrantFilter, toGrantJson, toListJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';
import { findUserId } from '../runtime/find-user.js';
import { unknownSite } from './access-options.js';

/** Which rights are asked for. */
export interface ListOptions {
  user?: string;
  capability?: Capability;
  site?: string;
  all?: true;
  limit: number;
  cursor?: string;
  json?: true;
}

/** `passerelle grants list` */
export async function listGrants(context: Context, options: ListOptions): Promise<ExitCode> {
  const { grants } = await context.stores();
  const { items, nextCursor } = await grants.listGrants(await toFilter(context, options));
  if (options.json) {
    sayJson(context.terminal, toListJson(items.map(toGrantJson), nextCursor));
    return EXIT.done;
  }
  say(context.terminal, items.length === 0 ? 'No rights.' : renderGrants(context, items));
  if (nextCursor !== null) say(context.terminal, `\nMore: --cursor ${nextCursor}`);
  return EXIT.done;
}

async function toFilter(context: Context, options: ListOptions): Promise<GrantFilter> {
  const { user, capability, site, all, limit, cursor } = options;
  const stores = await context.stores();
  if (site !== undefined) {
    const known = await stores.grants.siteCodes();
    if (!known.includes(site)) throw unknownSite(site, known);
  }
  return {
    limit,
    ...(user === undefined ? {} : { userId: await findUserId(stores, user) }),
    ...(capability === undefined ? {} : { capability }),
    ...(site === undefined ? {} : { siteCodes: [site] }),
    ...(all === true ? {} : { activeAt: context.now() }),
    ...(cursor === undefined ? {} : { cursor }),
  };
}

/** Rights as a table. */
export function renderGrants(
  { terminal, format }: Pick<Context, 'terminal' | 'format'>,
  grants: readonly Grant[],
): string {
  const rows = grants.map((grant) => [
    ...[grant.id, grant.user, grant.capability, grant.siteCode ?? 'everywhere'],
    ...[format.instant(grant.expiresAt), grant.grantedBy, format.instant(grant.createdAt)],
    grant.reason,
  ]);
  const head = ['Id', 'User', 'Capability', 'Site', 'Until', 'By', 'Since', 'Reason'];
  return renderTable(terminal, head, rows);
}
