import { join } from 'node:path';

/** What lies where below the data directory. */
export interface EmbeddedPaths {
  /** All of the embedded database. */
  home: string;
  /** PostgreSQL's own data directory. */
  cluster: string;
  /** One file for each process (and each opening) that uses the server. */
  users: string;
  password: string;
  port: string;
  log: string;
}

export function pathsBelow(dataDir: string): EmbeddedPaths {
  const home = join(dataDir, 'postgres');
  return {
    home,
    cluster: join(home, 'cluster'),
    users: join(home, 'users'),
    password: join(home, 'password'),
    port: join(home, 'port'),
    log: join(home, 'postgres.log'),
  };
}
