import type { Command } from 'commander';
import type { App } from '../app.js';
import { addCommand, type CommandText } from '../command-line.js';
import type { Role } from '../runtime/heartbeat.js';

const ROLE_COMMANDS: readonly (CommandText & { roles: readonly Role[]; migrate?: true })[] = [
  {
    usage: 'up',
    roles: ['scheduler', 'worker', 'api'],
    migrate: true,
    summary: 'run a scheduler, a worker and the API in one process, until Ctrl-C',
    more: `Without DATABASE_URL an embedded PostgreSQL is started below PASSERELLE_DATA_DIR.
The API listens on HOST and PORT (127.0.0.1:8080); PORT=0 takes any port that is free.
The database is migrated first; the other roles expect "passerelle migrate" to have done so.`,
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
  {
    usage: 'api',
    roles: ['api'],
    summary: 'run the HTTP API only, until Ctrl-C; several may run',
    more: `It listens on HOST and PORT; PUBLIC_URL is the address under which browsers reach it.
/docs explains it to people, /openapi.json to programs.`,
    examples: [['PORT=8081 passerelle api', 'beside another program on port 8080']],
  },
];

/** As many ask an API at once; each is opened when it is needed, and closed when idle. */
const API_QUEUE_CONNECTIONS = 8;

/** `passerelle up|scheduler|worker|api` */
export function addRoleCommands(program: Command, app: App): void {
  for (const { roles, migrate, ...text } of ROLE_COMMANDS) {
    const options = {
      ...(migrate === undefined ? {} : { migrate }),
      ...(roles.includes('api') ? { queueConnections: API_QUEUE_CONNECTIONS } : {}),
    };
    addCommand(program, text).action(() =>
      app.perform(
        async (context) => (await import('./run-roles.js')).runRoles(context, roles),
        options,
      ),
    );
  }
}
