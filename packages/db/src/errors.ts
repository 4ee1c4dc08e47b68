/** A page was asked for after something that is not there (any more). */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';

  constructor() {
    super('The list cannot be continued from this cursor. Begin with its first page again.');
  }
}

/** What kept the registry from doing what it was asked. */
export type RegistryErrorKind =
  | 'unreachable' // no server, or it is starting, stopping or was restarted
  | 'busy' // no connection or lock to be had in time
  | 'full' // no room on its disk
  | 'refused_access' // password, role, database
  | 'not_migrated'
  | 'statement'; // it refused a statement: a fault of ours

/**
 * The registry could not do it. The driver's own error is not kept as its cause:
 * PostgreSQL quotes values in its messages, and these end in logs.
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly kind: RegistryErrorKind;
  /** The same call may succeed when made again. */
  readonly retryable: boolean;
  /** PostgreSQL's SQLSTATE or Prisma's code, where there is one. */
  readonly code: string | undefined;

  /** @param operation what was asked, such as `runs.startRun` */
  constructor(kind: RegistryErrorKind, operation: string, code: string | undefined) {
    super(`${SENTENCES[kind]} (${operation}${code === undefined ? '' : `, ${code}`})`);
    this.kind = kind;
    this.retryable = kind === 'unreachable' || kind === 'busy' || kind === 'full';
    this.code = code;
  }
}

const SENTENCES: Readonly<Record<RegistryErrorKind, string>> = {
  unreachable:
    'The database cannot be reached: check that its server runs and that DATABASE_URL is right.',
  busy: 'The database had no connection or lock free in time: raise its max_connections, or run fewer workers.',
  full: 'The disk of the database is full: make room on it.',
  refused_access: 'The database refuses the role, password or name of DATABASE_URL: correct them.',
  not_migrated: 'The database lacks a table or column: run `passerelle migrate`.',
  statement:
    'The database refused a statement; this is a fault of Passerelle: please report it with its code.',
};
