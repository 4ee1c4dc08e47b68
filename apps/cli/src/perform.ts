import { type Config, readConfig } from '@passerelle/config';
import type { Action, ActionOptions, SettingsAction } from './app.js';
import { createContext } from './context.js';
import type { ExitCode } from './exit-codes.js';
import type { CliDeps } from './run-cli.js';

/** Opens a context, does it, closes the context. */
export async function perform(
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

/** Does what needs the settings only. */
export async function performAlone(deps: CliDeps, action: SettingsAction): Promise<ExitCode> {
  return action(deps.terminal, deps.signal, (deps.readConfig ?? readConfig)());
}

/** What these do is told by their log alone. */
const LOGGING_COMMANDS = ['up', 'scheduler', 'worker', 'api'];

/** Beside a command's own words, only what is wrong is worth a log line. */
function quieten(config: Config, name: string): Config {
  const quiet = config.logLevel === 'info' && !LOGGING_COMMANDS.includes(name);
  return quiet ? { ...config, logLevel: 'warn' } : config;
}
