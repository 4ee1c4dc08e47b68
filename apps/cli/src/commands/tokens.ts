import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { pageSize, recordId } from '../options.js';
import { capabilities, day, siteCodes, oneLine } from './access-options.js';
import type { CreateOptions } from './tokens-change.js';

/** `passerelle tokens …` */
export function addTokensCommands(program: Command, app: App): void {
  const tokens = addGroup(program, 'tokens', 'let programs use the API');
  addCommand(tokens, {
    usage: 'create',
    summary: 'make a token, which is shown this once',
    examples: [
      [
        'passerelle tokens create intranet --capability sync --site 2 --until 2027-08-31',
        'may run tasks for site 2',
      ],
      ['passerelle tokens create metrics --capability viewruns', 'may look, everywhere'],
    ],
    more: 'Only its hash is kept. Programs send it as "Authorization: Bearer psr_…".',
  })
    .argument('<name>', 'what it is for', oneLine)
    .requiredOption('--capability <name>', 'what it may do; may be repeated', capabilities)
    .option('--site <code>', 'for this site only; may be repeated; else everywhere', siteCodes)
    .option('--until <day>', 'the last day, such as 2027-08-31; else until it is revoked', day)
    .option('--reason <text>', 'why; kept in the audit', oneLine)
    .option('--json', 'print one JSON document')
    .action((name: string, options: CreateOptions) =>
      app.perform(async (c) =>
        (await import('./tokens-change.js')).createTokenCommand(c, name, options),
      ),
    );
  addCommand(tokens, {
    usage: 'list',
    summary: 'list tokens, without their secrets',
    examples: [['passerelle tokens list', 'which there are, and when they were used last']],
  })
    .option('--limit <n>', 'how many at most', pageSize, 50)
    .option('--cursor <cursor>', 'go on from a page’s nextCursor')
    .option('--json', 'print one JSON document')
    .action((options: { limit: number; cursor?: string; json?: true }) =>
      app.perform(async (c) => (await import('./tokens-list.js')).listTokens(c, options)),
    );
  addCommand(tokens, {
    usage: 'revoke',
    summary: 'end a token, for good',
    examples: [['passerelle tokens revoke 3', 'from the next request on']],
  })
    .argument('<id>', 'as "tokens list" shows it', recordId)
    .option('--reason <text>', 'why; kept in the audit', oneLine)
    .option('--json', 'print the token as one JSON document')
    .action((id: number, options: { reason?: string; json?: true }) =>
      app.perform(async (c) => (await import('./tokens-change.js')).revokeToken(c, id, options)),
    );
}
