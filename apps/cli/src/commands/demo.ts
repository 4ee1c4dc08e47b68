import { todayIn } from '@passerelle/roster';
import { parseSimulatorFlags, type SimulatorFlags } from '@passerelle/simulator';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import { runDemo } from '../demo/run-demo.js';
import { type SimulatorProcess, startSimulatorProcess } from '../demo/simulator-process.js';
import type { ExitCode } from '../exit-codes.js';
import type { Context } from '../context.js';
import { addSimulatorFlags } from './simulator-flags.js';

type DemoFlags = SimulatorFlags & { once?: true; json?: true };

const DAY_MS = 86_400_000;

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
    .action((options: DemoFlags) => performDemo(app, options));
}

async function performDemo(app: App, { once, json, ...flags }: DemoFlags): Promise<void> {
  let simulator: Promise<SimulatorProcess> | undefined;
  const sourceSettings = async (): Promise<{ wsdl: string }> => ({
    wsdl: (await simulator)?.wsdl ?? '',
  });
  const action = async (context: Context): Promise<ExitCode> => {
    const today = todayIn(context.config.timeZone, context.now());
    parseSimulatorFlags(flags, today); // refuses wrong ones before anything is started
    // Comes up while the database does.
    simulator = startSimulatorProcess({ today, ...flags });
    simulator.catch(() => undefined);
    try {
      const clockOffsetMs = daysBetween(today, flags.today ?? today) * DAY_MS;
      return await runDemo(context, { once: once === true, json: json === true, clockOffsetMs });
    } finally {
      await (await simulator.catch(() => undefined))?.stop();
    }
  };
  await app.perform(action, { sourceSettings, migrate: true });
}

function daysBetween(from: string, to: string): number {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  return Number.isFinite(days) ? days : 0;
}
