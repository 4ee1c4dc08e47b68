import { once } from 'node:events';
import { createCentre } from './centre.js';
import type { SimulatorOptions } from './server/options.js';
import { startSimulator } from './server/simulator.js';
import { describeCentre } from './truth/describe.js';
import type { CentreTruth } from './truth/types.js';

/** How `passerelle simulator` was asked to run. */
export interface SimulatorRun {
  options: SimulatorOptions;
  /** Print the truth instead of serving. */
  describe: boolean;
  json: boolean;
}

/**
 * The command itself: prints the truth, or serves until the signal says stop.
 * @param print one whole piece of standard output, without its last newline
 * @throws SimulatorUsageError
 */
export async function runSimulator(
  { options, describe, json }: SimulatorRun,
  print: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  if (describe) {
    const truth = describeCentre(createCentre(options.centre));
    print(json ? JSON.stringify(truth) : inWords(truth));
    return;
  }
  const simulator = await startSimulator(options);
  const { url, wsdlUrl, port } = simulator;
  print(
    json
      ? JSON.stringify({ url, wsdl: wsdlUrl, port })
      : `The simulator is up. NETYPAREO_WSDL=${wsdlUrl}\nWhat it has seen: ${url}/stats. Ctrl-C ends it.`,
  );
  if (!signal.aborted) {
    await once(signal, 'abort');
  }
  await simulator.close();
}

function inWords({ registry, left, rejected }: CentreTruth): string {
  const { groups, users } = registry;
  return [
    'A correct sync ends with:',
    `  ${registry.sites} sites, ${groups.initial} initial and ${groups.continuing} continuing-education groups`,
    `  ${users.student} learners, ${users.teacher} teachers, ${users.tutor} tutors`,
    `  ${registry.memberships} active memberships, ${registry.tutorships} active tutorships`,
    `  ${registry.definitions} definitions; ${rejected} records set aside; ${left.length} people gone since day 0`,
    'Add --json for every person.',
  ].join('\n');
}
