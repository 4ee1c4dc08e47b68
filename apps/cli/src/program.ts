import { Command } from 'commander';
import type { App } from './app.js';
import { addDemoCommand } from './commands/demo.js';
import { addDoctorCommand } from './commands/doctor.js';
import { addGrantsCommands } from './commands/grants.js';
import { addGroupsCommands } from './commands/groups.js';
import { addMigrateCommand } from './commands/migrate.js';
import { addQuarantineCommands } from './commands/quarantine.js';
import { addRoleCommands } from './commands/roles.js';
import { addRunsCommands } from './commands/runs.js';
import { addSimulatorCommand } from './commands/simulator.js';
import { addSourceCommands } from './commands/source.js';
import { addTasksCommands } from './commands/tasks.js';
import { addTokensCommands } from './commands/tokens.js';
import { VERSION } from './version.js';
import { addUsersCommands } from './commands/users.js';

const ABOUT = `Reads people, groups and sites from NetYParéo, and keeps them in a registry.

Settings come from the environment or a .env file (docs and "passerelle doctor" name them).`;

const EXIT_STATUS = `
Exit status: 0 done or enqueued, 1 failed or cancelled, 2 wrong usage or unknown name,
3 held or partial. With --json one JSON document is printed; logs go to standard error.`;

/** The whole command line. */
export function createProgram(app: App): Command {
  const program = new Command('passerelle');
  program
    .description(ABOUT)
    .version(VERSION)
    .addHelpText('after', EXIT_STATUS)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => app.terminal.out.write(text),
      writeErr: (text) => app.terminal.err.write(text),
      outputError: (text, write) => write(toSentence(text)),
    });
  addRoleCommands(program, app);
  addMigrateCommand(program, app);
  addTasksCommands(program, app);
  addRunsCommands(program, app);
  addUsersCommands(program, app);
  addGroupsCommands(program, app);
  addQuarantineCommands(program, app);
  addGrantsCommands(program, app);
  addTokensCommands(program, app);
  addSourceCommands(program, app);
  addSimulatorCommand(program, app);
  addDoctorCommand(program, app);
  addDemoCommand(program, app);
  return program;
}

/** commander's `error: …` and its hint, as one line in this command's own voice. */
function toSentence(text: string): string {
  const line = text
    .replace(/^error: /, '')
    .replace(/^command-argument value .* is invalid for argument '[^']*'\. /, '')
    .replace(/\s*\n\s*/g, ' ')
    .trim();
  const helps = /unknown command|missing required|too many arguments|unknown option/.test(line);
  const hint = helps && !line.endsWith('?)') ? '. "passerelle --help" shows what there is.' : '';
  return `passerelle: ${line}${hint}\n`;
}
