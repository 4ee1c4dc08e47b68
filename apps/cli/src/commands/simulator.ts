import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand } from '../command-line.js';
import { addSimulatorFlags } from './simulator-flags.js';
import type { SimulatorCommandOptions } from './simulator-run.js';

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
    .action((options: SimulatorCommandOptions) =>
      app.performAlone(async (...given) =>
        (await import('./simulator-run.js')).runSimulator(options, ...given),
      ),
    );
}
