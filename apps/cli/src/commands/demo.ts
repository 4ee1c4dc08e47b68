import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import type { DemoFlags } from './demo-perform.js';
import { addSimulatorFlags } from './simulator-flags.js';

/** `passerelle demo`, which `npm run demo` calls. */
export function addDemoCommand(program: Command, app: App): void {
  const command = addCommand(
    program,
    {
      usage: 'demo',
      summary: 'synchronise a simulated centre with a whole cluster, and stay up',
      examples: [['npm run demo -- --once', 'end after the first runs']],
    },
    true,
  );
  addSimulatorFlags(command)
    .option('--once', 'end after the first runs')
    .option('--json', 'print one JSON document')
    .action(async (options: DemoFlags) =>
      (await import('./demo-perform.js')).performDemo(app, options),
    );
}
