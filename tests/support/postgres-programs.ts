import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const RELEASES = '/usr/lib/postgresql';
const NEEDED = ['initdb', 'postgres', 'pg_dump', 'pg_restore'];

/**
 * The directory of PostgreSQL's programs with `pg_dump`, as scripts/lib/postgres.mjs
 * provides them: PG_BIN, or Debian's newest.
 *
 * @throws Error if there is none
 */
export function postgresPrograms(): string {
  const installed = existsSync(RELEASES) ? readdirSync(RELEASES).sort().reverse() : [];
  const directories = [process.env.PG_BIN, ...installed.map((name) => join(RELEASES, name, 'bin'))];
  const found = directories.find(
    (path) => path !== undefined && NEEDED.every((name) => existsSync(join(path, name))),
  );
  if (found !== undefined) return found;
  throw new Error('These tests need pg_dump: run `apt-get install postgresql`.');
}
