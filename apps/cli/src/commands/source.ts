import { READINGS, type Reading } from '@passerelle/roster';
import type { Language } from '@passerelle/sync';
import { type Command, Option } from 'commander';
import type { App } from '../app.js';
import { addCommand, addGroup } from '../command-line.js';
import { oneOf, wholeNumber } from '../options.js';
import { LANGUAGES } from '../output/language.js';
import type { CheckOptions } from './source-check.js';
import type { HealthOptions } from './source-health.js';
import type { SampleOptions } from './source-sample.js';

/** `passerelle source …` */
export function addSourceCommands(program: Command, app: App): void {
  const source = addGroup(program, 'source', 'look at NetYParéo and at what the contract says');
  addCommand(source, {
    usage: 'check',
    summary: 'reach the WSDL, sign in, compare the contract with the WSDL',
    more: `With --login it also asks NetYParéo whether that login is good, as the contract's login
says. The password is typed unseen, or read from standard input.`,
    examples: [
      ['passerelle source check', 'is it reachable, does the contract fit'],
      ['passerelle source check --login a.martin', 'and is a login checked as it should be'],
    ],
  })
    .option('--login <name>', 'check this login too')
    .option('--json', 'print one JSON document')
    .action((options: CheckOptions) =>
      app.perform(async (c) => (await import('./source-check.js')).checkSourceCommand(c, options)),
    );
  addCommand(source, {
    usage: 'inspect',
    summary: 'list the operations of the WSDL with what goes in and out',
    examples: [['passerelle source inspect', 'what a contract may call']],
  })
    .option('--json', 'print one JSON document')
    .action((options: { json?: true }) =>
      app.perform(async (c) => (await import('./source-inspect.js')).inspectSource(c, options)),
    );
  addSampleCommand(source, app);
  addHealthCommand(source, app);
}

function addHealthCommand(source: Command, app: App): void {
  addCommand(source, {
    usage: 'health',
    summary: 'how NetYParéo fares: what it bears, what waits, what happened, what to do',
    more: `Drawn from what Passerelle has written down of its calls; NetYParéo itself is not asked.
It is in French or English, as LC_ALL or LANG say, or as --lang does.`,
    examples: [
      ['passerelle source health', 'is it us or them, and when is the next attempt'],
      ['passerelle source health --watch', 'the same, every two seconds until Ctrl-C'],
      ['passerelle source health --hours 72 --lang fr', 'of three days, in French'],
    ],
  })
    .option('--hours <n>', 'how far back calls and events go', wholeNumber(1, 24 * 31), 24)
    .option('--lang <lang>', 'fr or en', oneOf<Language>('language', LANGUAGES))
    .option('--watch', 'draw it anew every two seconds')
    .addOption(new Option('--json', 'print one JSON document').conflicts('watch'))
    .action((options: HealthOptions) =>
      app.perform(async (c) => (await import('./source-health.js')).showSourceHealth(c, options)),
    );
}

function addSampleCommand(source: Command, app: App): void {
  addCommand(source, {
    usage: 'sample',
    summary: 'make one call and show its first records, and the structure of its answer',
    more: `Entities: ${READINGS.join(', ')}.
What is asked for is the first part that a run would read; name another by --period,
--site and --group. The records hold people's data: mind who sees them.`,
    examples: [
      ['passerelle source sample definitions.period', 'the school periods'],
      ['passerelle source sample students --limit 1 --period 2025', 'one learner of a period'],
    ],
  })
    .argument('<entity>', 'what to read', oneOf<Reading>('entity', READINGS))
    .option('--limit <n>', 'how many records to show', wholeNumber(0, 100), 3)
    .option('--period <code>', 'of this period')
    .option('--site <code>', 'of this site')
    .option('--group <code>', 'of this group')
    .option('--json', 'print one JSON document')
    .action((reading: Reading, options: SampleOptions) =>
      app.perform(async (c) =>
        (await import('./source-sample.js')).sampleSource(c, reading, options),
      ),
    );
}
