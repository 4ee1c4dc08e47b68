/**
 * The embedded database could not be used. The message tells an administrator
 * what happened and what to do.
 */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError';
}

const OWN_SERVER = 'or set DATABASE_URL to a PostgreSQL server of your own';

/** Turns what the file system, initdb or postgres said into a sentence. */
export function explainFailure(action: string, directory: string, cause: unknown): Error {
  if (cause instanceof EmbeddedDatabaseError) return cause;
  const text = cause instanceof Error ? `${codeOf(cause)} ${cause.message}` : String(cause);
  return new EmbeddedDatabaseError(
    `The embedded database could not ${action}: ${reasonIn(text, directory)}`,
    { cause },
  );
}

function reasonIn(text: string, directory: string): string {
  if (/ENOSPC|No space left|free disk space|wrote only \d+ of/i.test(text)) {
    return `the disk that holds ${directory} is full. Make room there, ${OWN_SERVER}.`;
  }
  if (/EROFS|EACCES|EPERM|Permission denied|Read-only file system/i.test(text)) {
    return `${directory} cannot be written. Give this user the right to, point PASSERELLE_DATA_DIR to a directory that can, ${OWN_SERVER}.`;
  }
  if (/Address already in use|EADDRINUSE/i.test(text)) {
    return `its port is taken by another program. Stop that program and try again, ${OWN_SERVER}.`;
  }
  if (/could not create shared memory|Cannot allocate memory|ENOMEM/i.test(text)) {
    return `the machine has not enough memory left. Free some, ${OWN_SERVER}.`;
  }
  return `${tellingLine(text)} See ${directory} for its log, ${OWN_SERVER}.`;
}

/** The line that says what went wrong, or else the last one. */
function tellingLine(text: string): string {
  const lines = text.trim().split('\n');
  const telling = lines.find((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? '';
  const line = telling.trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
