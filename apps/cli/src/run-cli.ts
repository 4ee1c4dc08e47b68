import type { Config } from '@passerelle/config';
import { CommanderError } from 'commander';
import type { App } from './app.js';
import { EXIT, type ExitCode } from './exit-codes.js';
import { note, type Terminal } from './output/terminal.js';
import { createProgram } from './program.js';

/** What the command line needs of its process; tests give their own. */
export interface CliDeps {
  terminal: Terminal;
  signal: AbortSignal;
  /** Read only by commands that need it, so that --help works whatever is set. */
  readConfig?: () => Config;
  now?: () => Date;
}

/**
 * Carries out one command line and says how it ended; never throws.
 *
 * @param args the arguments after the program's name
 */
export async function runCli(args: readonly string[], deps: CliDeps): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const app: App = {
    terminal: deps.terminal,
    perform: async (action, options) => {
      const { perform } = await import('./perform.js');
      exitCode = await perform(deps, action, { name: args[0] ?? 'passerelle', ...options });
    },
    performAlone: async (action) => {
      const { performAlone } = await import('./perform.js');
      exitCode = await performAlone(deps, action);
    },
  };
  try {
    await createProgram(app).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, deps.terminal);
  }
}

/** Tells on standard error what went wrong, and gives the exit status for it. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  // commander has written its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  note(terminal, `passerelle: ${error instanceof Error ? error.message : String(error)}`);
  if (hasSaid(error)) note(terminal, error.said);
  return isUsage(error) ? EXIT.usage : EXIT.failed;
}

/** What an answer said, for the terminal alone (AnswerError of packages/netypareo). */
function hasSaid(error: unknown): error is { said: string } {
  return error instanceof Error && 'said' in error && typeof error.said === 'string';
}

/** By name: the packages whose errors they are may not have been loaded. */
const USAGE_ERRORS = ['UsageError', 'ConfigError', 'SimulatorUsageError', 'InvalidCursorError'];

function isUsage(error: unknown): boolean {
  return error instanceof Error && USAGE_ERRORS.includes(error.name);
}
