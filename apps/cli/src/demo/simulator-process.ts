import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SimulatorFlags } from '@passerelle/simulator';
import { z } from 'zod';
import { toArguments } from '../commands/simulator-flags.js';
import { CommandError } from '../errors.js';

/** The command itself, seen from src/demo and from dist/demo alike. */
const COMMAND = fileURLToPath(new URL('../../bin/passerelle.mjs', import.meta.url));
const READY = z.object({ wsdl: z.url() });

/** It holds nothing that must be saved. */
const STOP_MS = 2_000;

/** A simulator in a process of its own, so that its work is not the worker's. */
export interface SimulatorProcess {
  wsdl: string;
  /** Ends it; idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts `passerelle simulator` on a free port unless told another.
 * @throws CommandError with what it said, should it not come up
 */
export async function startSimulatorProcess(flags: SimulatorFlags): Promise<SimulatorProcess> {
  const child = spawn(process.execPath, [COMMAND, 'simulator', '--json', ...toArguments(flags)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Away from the terminal's Ctrl-C: the worker still has calls to finish.
    detached: true,
  });
  const wsdl = await readAddress(child);
  return { wsdl, stop: () => end(child) };
}

async function readAddress(child: ChildProcess): Promise<string> {
  let said = '';
  let complained = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complained = (complained + text).slice(-2_000);
  });
  const ended = once(child, 'exit').then(() => {
    const why = complained.trim().replace(/^passerelle: /, '') || 'it said nothing';
    throw new CommandError(`The simulator did not start: ${why}`);
  });
  const address = new Promise<string>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('\n')) resolve(READY.parse(JSON.parse(said)).wsdl);
    });
  });
  const wsdl = await Promise.race([address, ended]);
  ended.catch(() => undefined);
  return wsdl;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(timer);
}
