import type { Config } from '@passerelle/config';
import type { Context, ContextOptions } from './context.js';
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './output/terminal.js';

/** What a command does with what it was given; the context is closed after it. */
export type Action = (context: Context) => Promise<ExitCode>;

/** What a command does that needs no context. */
export type SettingsAction = (
  terminal: Terminal,
  signal: AbortSignal,
  config: Config,
) => Promise<ExitCode>;

/** How the context of one command differs. */
export type ActionOptions = Pick<ContextOptions, 'migrate' | 'sourceSettings' | 'queueConnections'>;

/** What the command line is built on: how to carry a command out. */
export interface App {
  terminal: Terminal;
  /** Opens a context, does it, closes the context, and keeps the exit status. */
  perform(action: Action, options?: ActionOptions): Promise<void>;
  /** Does what needs the settings only, and keeps the exit status. */
  performAlone(action: SettingsAction): Promise<void>;
}
