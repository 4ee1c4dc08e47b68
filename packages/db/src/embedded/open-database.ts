export interface OpenDatabaseOptions {
  /** A PostgreSQL server of the administrator's; none: the embedded one. */
  databaseUrl?: string | undefined;
  /** The embedded one's data are below it; it is made if it isn't there. */
  dataDir: string;
  log: { info(message: string): void; warn(message: string): void };
  /** PostgreSQL settings besides the usual ones (`fsync: 'off'` in tests). */
  settings?: Readonly<Record<string, string>>;
}

export interface OpenedDatabase {
  /** A connection string; for the embedded one it holds the password: never log it. */
  url: string;
  embedded: boolean;
  /**
   * Call it last of all: the last user of an embedded server stops it. Idempotent;
   * where it cannot be stopped that is logged, not thrown.
   */
  release(): Promise<void>;
}

/**
 * The database to use: the given one, or an embedded PostgreSQL server that all
 * processes on one data directory share. The server is started by the first and
 * stopped by the last of them; one that was left running is taken over.
 *
 * @throws EmbeddedDatabaseError with a sentence for an administrator
 */
export async function openDatabase(options: OpenDatabaseOptions): Promise<OpenedDatabase> {
  if (options.databaseUrl !== undefined) {
    return { url: options.databaseUrl, embedded: false, release: async () => {} };
  }
  const { openEmbedded } = await import('./open-embedded.js');
  return openEmbedded(options);
}
