import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, type CommandText } from '../command-line.js';
import type { Role } from '../runtime/heartbeat.js';
import { runRoles } from './run-roles.js';

const ROLE_COMMANDS: readonly (CommandText & { roles: readonly Role[] })[] = [
  {
    usage: 'up',
    roles: ['scheduler', 'worker'],
    summary: 'run a scheduler and a worker in one process, until Ctrl-C',
    more: 'Without DATABASE_URL an embedded PostgreSQL is started below PASSERELLE_DATA_DIR.',
    examples: [['passerelle up', 'all that one machine needs']],
  },
  {
    usage: 'scheduler',
    roles: ['scheduler'],
    summary: 'run a scheduler only, until Ctrl-C; several may run',
    examples: [['passerelle scheduler', 'beside workers on other machines']],
  },
  {
    usage: 'worker',
    roles: ['worker'],
    summary: 'run a worker only, until Ctrl-C; any number may run',
    examples: [['passerelle worker', 'one more worker for the cluster']],
  },
];

/** `passerelle up|scheduler|worker` */
export function addRoleCommands(program: Command, app: App): void {
  for (const { roles, ...text } of ROLE_COMMANDS) {
    addCommand(program, text).action(() => app.perform((context) => runRoles(context, roles)));
  }
}
