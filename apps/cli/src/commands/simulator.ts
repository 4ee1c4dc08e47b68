import { todayIn } from '@passerelle/roster';
import { parseSimulatorFlags, type SimulatorFlags, startSimulator } from '@passerelle/simulator';
import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { note, say, sayJson, type Terminal } from '../output/terminal.js';
import { endWithParent } from '../runtime/parent.js';
import { untilAborted } from '../runtime/signals.js';
import { addSimulatorFlags } from './simulator-flags.js';
import { describeSimulated } from './simulator-describe.js';

/** `passerelle simulator` */
export function addSimulatorCommand(program: Command, app: App): void {
  const command = addCommand(program, {
    usage: 'simulator',
    summary: 'run a stand-in NetYParéo with made-up people, until Ctrl-C',
    more: 'It serves /ws (SOAP), /ws?wsdl, GET /stats, and POST /control (docs/simulator.md).',
    examples: [
      ['passerelle simulator --port 8090 --learners 500', 'a small centre'],
      ['passerelle simulator --style encoded --fault http502:0.1', 'as PHP answers, and failing'],
      [
        'passerelle simulator --capacity 4@0,1@30s,6@90s --latency 400 --jitter 0.3',
        'as a server that bears more or less as time goes by',
      ],
      ['passerelle simulator --describe --json', 'what a correct sync ends with'],
    ],
  });
  addSimulatorFlags(command)
    .option('--describe', 'print what a correct sync must end with, and end')
    .option('--json', 'print one JSON document')
    .action((options: SimulatorFlags & { describe?: true; json?: true }) => {
      const { describe, json, ...flags } = options;
      return app.performAlone(async (terminal, signal, { timeZone }) => {
        const parsed = parseSimulatorFlags(flags, todayIn(timeZone, new Date()));
        return describe
          ? describeSimulated(terminal, parsed, json === true)
          : simulate(terminal, signal, parsed, json === true);
      });
    });
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
