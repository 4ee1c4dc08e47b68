import type { Context } from '../context.js';
import { type Finding, fine } from './finding.js';

/** Whether the registry can be used: reached, and migrated. */
export async function checkDatabase(context: Context): Promise<Finding[]> {
  const database = await context.stores();
  const { embedded } = await context.server();
  const version = await database.version();
  const kind = embedded ? 'Embedded PostgreSQL' : 'PostgreSQL';
  const applied = context.applied().length;
  return [
    fine('database', `${kind} ${version} is reachable.`),
    fine(
      'database',
      applied > 0 ? `Migrated just now (${applied}).` : 'Migrations are up to date.',
    ),
  ];
}
