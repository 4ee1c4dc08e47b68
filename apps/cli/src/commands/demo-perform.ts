import { todayIn } from '@passerelle/roster';
import { parseSimulatorFlags, type SimulatorFlags } from '@passerelle/simulator';
import type { App } from '../app.js';
import type { Context } from '../context.js';
import { runDemo } from '../demo/run-demo.js';
import { type SimulatorProcess, startSimulatorProcess } from '../demo/simulator-process.js';
import type { ExitCode } from '../exit-codes.js';

/** The simulated centre, and whether the demo ends by itself. */
export type DemoFlags = SimulatorFlags & { once?: true; json?: true };

const DAY_MS = 86_400_000;

/** `passerelle demo` */
export async function performDemo(app: App, { once, json, ...flags }: DemoFlags): Promise<void> {
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
