import { SIMULATOR_FLAGS, type SimulatorFlags } from '@passerelle/simulator';
import type { Command } from 'commander';

/** Declares the simulator's flags; the simulator itself reads their values. */
export function addSimulatorFlags(command: Command): Command {
  for (const [flag, help] of SIMULATOR_FLAGS) {
    if (flag.startsWith('--fault ')) command.option(flag, help, collect);
    else command.option(flag, help);
  }
  return command;
}

/** A flag that may be repeated. */
function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
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
