import type { Command } from 'commander';

/** A command's name and arguments, what it does, and an example or two of it. */
export interface CommandText {
  usage: string;
  summary: string;
  /** Shown below the help; each is a whole command line and what it does. */
  examples: readonly (readonly [string, string])[];
  /** Paragraphs between the options and the examples. */
  more?: string;
}

/** Adds a subcommand with its help. */
export function addCommand(parent: Command, text: CommandText, hidden = false): Command {
  const command = parent.command(text.usage, { hidden }).description(text.summary);
  return command.addHelpText('after', helpAfter(text));
}

/** Adds a command that only groups others; called alone it shows its help. */
export function addGroup(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary);
}

function helpAfter({ examples, more }: CommandText): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  $ ${line.padEnd(width)}  # ${what}`);
  const paragraphs = more === undefined ? [] : ['', more];
  return [...paragraphs, '', 'Examples:', ...lines].join('\n');
}
