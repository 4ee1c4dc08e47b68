/** A page was asked for after a user who is not there (any more). */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';

  constructor() {
    super('The list cannot be continued from this cursor. Begin with its first page again.');
  }
}
