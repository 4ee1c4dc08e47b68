import type { BackendChoice } from './choose-backend.js';
import { QueueError } from './errors.js';

/**
 * Waits for an operation on the queue, but not for ever: a client whose server
 * is away would otherwise wait for its return.
 *
 * @throws QueueError
 */
export async function withDeadline<Result>(
  backend: BackendChoice,
  timeoutMs: number,
  operation: () => Promise<Result>,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(unreachable(backend, `no answer in ${timeoutMs} ms`)),
      timeoutMs,
    );
  });
  try {
    return await Promise.race([operation(), late]);
  } catch (error) {
    throw toQueueError(backend, error);
  } finally {
    clearTimeout(timer);
  }
}

function toQueueError(backend: BackendChoice, error: unknown): QueueError {
  if (error instanceof QueueError) return error;
  if (nameOf(error) === 'SchemaMigrationRequiredError' || isUndefinedObject(error)) {
    return new QueueError(
      'The queue has no tables in this database yet. Run `passerelle migrate`, then try again.',
      { retryable: true, cause: error },
    );
  }
  if (codeOf(error) === TOO_MANY_CONNECTIONS) {
    return new QueueError(
      'The database has no connection free for the queue: raise its max_connections, or run fewer processes on it.',
      { retryable: true, cause: error },
    );
  }
  return unreachable(backend, codeOf(error) ?? nameOf(error), error);
}

function unreachable(backend: BackendChoice, what: string, cause?: unknown): QueueError {
  const [server, setting] =
    backend.kind === 'redis' ? ['Redis', 'REDIS_URL'] : ['PostgreSQL', 'DATABASE_URL'];
  return new QueueError(
    `The queue on ${server} could not be used (${what}). ` +
      `Check that the server named by ${setting} is running and reachable, then try again.`,
    { retryable: true, cause },
  );
}

/** PostgreSQL's SQLSTATE. */
const TOO_MANY_CONNECTIONS = '53300';

/** PostgreSQL: invalid_schema_name, undefined_table, undefined_function. */
function isUndefinedObject(error: unknown): boolean {
  return ['3F000', '42P01', '42883'].includes(codeOf(error) ?? '');
}

/** `ECONNREFUSED`, or PostgreSQL's five characters. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
