// The tests of backups need pg_dump and pg_restore with a server of the same
// release; what the npm packages bring is the server alone.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages } from './apt.mjs';
import { ScriptError } from './run.mjs';

const request =
  'The tests of backups need PostgreSQL (15 or newer) with pg_dump, and could not install it. ' +
  'On Debian or Ubuntu: sudo apt-get install postgresql; elsewhere set PG_BIN to the directory of its programs.';

/**
 * Makes sure that there are PostgreSQL's programs; installs Debian's where that
 * is possible, without starting the service.
 *
 * @throws {ScriptError} with a sentence that says how to install them
 */
export async function ensurePostgres() {
  if (findPostgresPrograms() !== undefined) return;
  await installPackages(['postgresql'], request);
  if (findPostgresPrograms() === undefined) throw new ScriptError(request);
}

/** The directory that holds `pg_dump` and the server that goes with it. */
function findPostgresPrograms() {
  const releases = '/usr/lib/postgresql';
  const found = existsSync(releases) ? readdirSync(releases).sort().reverse() : [];
  const directories = [process.env.PG_BIN, ...found.map((name) => join(releases, name, 'bin'))];
  return directories.find(
    (path) =>
      path !== undefined &&
      ['initdb', 'postgres', 'pg_dump', 'pg_restore'].every((name) => existsSync(join(path, name))),
  );
}
