import { SIMULATOR_FLAGS, type SimulatorFlags } from '@passerelle/simulator';
import type { Command } from 'commander';

const FAULT_HELP =
  'KIND:RATE, may be repeated: a share of calls (truncate:0.1) that end in http502, reset, ' +
  'empty200, truncate, fault, malformed, badutf8, slow';

/** Declares the simulator's flags; the simulator itself reads their values. */
export function addSimulatorFlags(command: Command): Command {
  for (const [flag, help] of SIMULATOR_FLAGS) command.option(flag, help);
  return command.option('--fault <fault>', FAULT_HELP, collect);
}

function collect(fault: string, earlier: readonly string[] = []): string[] {
  return [...earlier, fault];
}

/** The flags as a command line, for the simulator in a process of its own. */
export function toArguments(flags: SimulatorFlags): string[] {
  return Object.entries(flags).flatMap(([name, value]) => {
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (value === undefined || value === false) return [];
    if (value === true) return [flag];
    return [value].flat().flatMap((text: string) => [flag, text]);
  });
}
