/** The database could not be brought up to date. The message tells an administrator what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** What went wrong, as a sentence for an administrator. */
export function explainMigration(cause: unknown): MigrationError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as { code?: unknown }).code;
  return new MigrationError(sentenceFor(String(code), said), { cause });
}

function sentenceFor(code: string, said: string): string {
  if (['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN', 'ECONNRESET'].includes(code)) {
    return `The database cannot be reached (${code}). Check DATABASE_URL and that the server runs.`;
  }
  if (code === '28P01' || code === '28000') {
    return 'The database refuses the role or password of DATABASE_URL. Correct them.';
  }
  if (code === '53300') {
    return 'The database has no connection free: raise its max_connections, or run fewer processes on it.';
  }
  if (code === '3D000') return 'The database named in DATABASE_URL does not exist. Create it.';
  if (code === '42501' || /permission denied/i.test(said)) {
    return `The role of DATABASE_URL may not change the database: ${said} Grant it CREATE on the database and on the schema public.`;
  }
  if (code === '55P03') {
    return 'Another process has been migrating the database for five minutes. Look at what it does, then run `passerelle migrate` again.';
  }
  return `The database could not be migrated: ${said.trim()} Restore the backup or repair what is named, then run \`passerelle migrate\` again.`;
}
