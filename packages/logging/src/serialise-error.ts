/** What a log keeps of an error. */
export interface LoggedError {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: LoggedError;
}

/** A longer chain of causes is cut. */
const MAX_CAUSES = 8;

/**
 * Reduces an error to class name, message, code, stack and causes. Everything
 * else that libraries hang on their errors (the request, the row that violated
 * a constraint, the body of an answer) may hold personal data or secrets.
 */
export function serialiseError(error: Error, causesLeft = MAX_CAUSES): LoggedError {
  const logged: LoggedError = { type: typeOf(error), message: error.message };
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string' || typeof code === 'number') logged.code = code;
  if (error.stack !== undefined) logged.stack = error.stack;
  if (error.cause instanceof Error && causesLeft > 0) {
    logged.cause = serialiseError(error.cause, causesLeft - 1);
  }
  return logged;
}

function typeOf(error: Error): string {
  const className = error.constructor.name;
  return className === '' || className === 'Error' ? error.name : className;
}
