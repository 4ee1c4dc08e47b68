import { type Token, toListJson, toTokenJson } from '@passerelle/sync';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderTable } from '../output/table.js';
import { say, sayJson } from '../output/terminal.js';

/** `passerelle tokens list` */
export async function listTokens(
  context: Context,
  { json, ...page }: { limit: number; cursor?: string; json?: true },
): Promise<ExitCode> {
  const { tokens } = await context.stores();
  const { items, nextCursor } = await tokens.listTokens(page);
  if (json) {
    sayJson(context.terminal, toListJson(items.map(toTokenJson), nextCursor));
    return EXIT.done;
  }
  say(context.terminal, items.length === 0 ? 'No tokens.' : renderTokens(context, items));
  if (nextCursor !== null) say(context.terminal, `\nMore: --cursor ${nextCursor}`);
  return EXIT.done;
}

function renderTokens(context: Context, tokens: readonly Token[]): string {
  const { terminal, format } = context;
  const rows = tokens.map((token) => [
    ...[token.id, token.name, token.capabilities.join(', ')],
    token.siteCodes.length === 0 ? 'everywhere' : token.siteCodes.join(', '),
    ...[endOf(context, token), token.createdBy, format.instant(token.lastUsedAt)],
  ]);
  const head = ['Id', 'Name', 'Capabilities', 'Sites', 'Until', 'By', 'Last used'];
  return renderTable(terminal, head, rows);
}

function endOf({ format, now }: Context, { revokedAt, expiresAt }: Token): string {
  if (revokedAt !== null) return `revoked ${format.instant(revokedAt)}`;
  const isOver = expiresAt !== null && expiresAt <= now();
  return isOver ? `ended ${format.instant(expiresAt)}` : format.instant(expiresAt);
}
