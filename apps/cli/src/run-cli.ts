import { type Config, ConfigError, readConfig } from '@passerelle/config';
import { InvalidCursorError } from '@passerelle/db';
import { AnswerError } from '@passerelle/netypareo';
import { SimulatorUsageError } from '@passerelle/simulator';
import { CommanderError } from 'commander';
import type { Action, ActionOptions, App } from './app.js';
import { createContext } from './context.js';
import { UsageError } from './errors.js';
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
      exitCode = await performIn(deps, action, { name: args[0] ?? 'passerelle', ...options });
    },
    performAlone: async (action) => {
      exitCode = await action(deps.terminal, deps.signal, (deps.readConfig ?? readConfig)());
    },
  };
  try {
    await createProgram(app).parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return explain(error, deps.terminal);
  }
}

async function performIn(
  deps: CliDeps,
  action: Action,
  options: ActionOptions & { name: string },
): Promise<ExitCode> {
  const { terminal, signal, now } = deps;
  const config = quieten((deps.readConfig ?? readConfig)(), options.name);
  const context = createContext({
    ...{ config, terminal, signal },
    ...options,
    ...(now === undefined ? {} : { now }),
  });
  try {
    return await action(context);
  } finally {
    await context.close();
  }
}

/** What these do is told by their log alone. */
const LOGGING_COMMANDS = ['up', 'scheduler', 'worker', 'api'];

/** Beside a command's own words, only what is wrong is worth a log line. */
function quieten(config: Config, name: string): Config {
  const quiet = config.logLevel === 'info' && !LOGGING_COMMANDS.includes(name);
  return quiet ? { ...config, logLevel: 'warn' } : config;
}

/** Tells on standard error what went wrong, and gives the exit status for it. */
function explain(error: unknown, terminal: Terminal): ExitCode {
  // commander has written its own sentence, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
  note(terminal, `passerelle: ${error instanceof Error ? error.message : String(error)}`);
  if (error instanceof AnswerError) note(terminal, error.said);
  return isUsage(error) ? EXIT.usage : EXIT.failed;
}

function isUsage(error: unknown): boolean {
  const kinds = [UsageError, ConfigError, SimulatorUsageError, InvalidCursorError];
  return kinds.some((kind) => error instanceof kind);
}
