import { createCentre, describeCentre, type SimulatorOptions } from '@passerelle/simulator';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { renderRegistry } from '../output/registry.js';
import { say, sayJson, type Terminal } from '../output/terminal.js';

/** `passerelle simulator --describe`: the truth that a correct sync ends with. */
export async function describeSimulated(
  terminal: Terminal,
  { centre }: Pick<SimulatorOptions, 'centre'>,
  json: boolean,
): Promise<ExitCode> {
  const { registry, users, unreadable } = describeCentre(createCentre(centre));
  if (json) sayJson(terminal, { registry, users, ...(unreadable.length > 0 && { unreadable }) });
  else say(terminal, renderRegistry(registry));
  return EXIT.done;
}
