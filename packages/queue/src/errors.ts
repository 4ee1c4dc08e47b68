/** The queue could not do what was asked; the message says what to do. */
export class QueueError extends Error {
  override readonly name = 'QueueError';
  /** May the same call succeed when made again? */
  readonly retryable: boolean;

  /** @param sentence what happened and what an administrator can do about it */
  constructor(sentence: string, options: { retryable: boolean; cause?: unknown }) {
    super(sentence, options.cause === undefined ? undefined : { cause: options.cause });
    this.retryable = options.retryable;
  }
}
