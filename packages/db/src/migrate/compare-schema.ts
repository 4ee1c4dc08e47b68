import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PRISMA_DIRECTORY, readMigrations } from './read-migrations.js';
import { listFor } from './migrate-database.js';

/**
 * The SQL that leads from the migrations there are to prisma/schema.prisma; an
 * empty string where nothing lacks. The engine applies the migrations to a
 * shadow database for it, which it makes and drops on the server of `url`.
 */
export async function compareSchema(url: string): Promise<string> {
  const path = join(PRISMA_DIRECTORY, 'schema.prisma');
  const schema = { path, content: await readFile(path, 'utf8') };
  const directory = join(PRISMA_DIRECTORY, 'migrations');
  const migrations = listFor(directory, await readMigrations(directory));
  const { NO_FILTERS, withSchemaEngine } = await import('./schema-engine.js');
  const { stdout } = await withSchemaEngine(url, (engine) =>
    engine.diff({
      from: { tag: 'migrations', ...migrations },
      to: { tag: 'schemaDatamodel', files: [schema] },
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    }),
  );
  const script = (stdout ?? '').trim();
  return script === '-- This is an empty migration.' ? '' : script;
}
