/** The user asked for something that isn't there or cannot be: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command could not do what it was asked to: exit status 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}
