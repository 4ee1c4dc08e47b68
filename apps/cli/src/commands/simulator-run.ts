import type { Config } from '@passerelle/config';
import { todayIn } from '@passerelle/roster';
import { parseSimulatorFlags, type SimulatorFlags, startSimulator } from '@passerelle/simulator';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note, say, sayJson, type Terminal } from '../output/terminal.js';
import { endWithParent } from '../runtime/parent.js';
import { untilAborted } from '../runtime/signals.js';
import { describeSimulated } from './simulator-describe.js';

/** The simulated centre, and what is to be shown of it. */
export type SimulatorCommandOptions = SimulatorFlags & { describe?: true; json?: true };

/** `passerelle simulator` */
export async function runSimulator(
  { describe, json, ...flags }: SimulatorCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
  { timeZone }: Pick<Config, 'timeZone'>,
): Promise<ExitCode> {
  const parsed = parseSimulatorFlags(flags, todayIn(timeZone, new Date()));
  return describe
    ? describeSimulated(terminal, parsed, json === true)
    : simulate(terminal, signal, parsed, json === true);
}

async function simulate(
  terminal: Terminal,
  signal: AbortSignal,
  options: ReturnType<typeof parseSimulatorFlags>,
  json: boolean,
): Promise<ExitCode> {
  const simulator = await startSimulator(options);
  const { wsdlUrl, url, port } = simulator;
  if (json) sayJson(terminal, { wsdl: wsdlUrl, stats: `${url}/stats`, port });
  else say(terminal, `The simulated NetYParéo is at ${wsdlUrl}`);
  note(terminal, `NETYPAREO_WSDL=${wsdlUrl} makes Passerelle read it. Ctrl-C stops.`);
  await untilAborted(endWithParent(signal));
  await simulator.close();
  return EXIT.done;
}
