/** A call that ends in a SOAP Fault whatever the load; the message is the fault's sentence. */
export class UnanswerableError extends Error {
  override readonly name = 'UnanswerableError';
  /** The fault's code. */
  readonly code: 'Client' | 'Server';
  /** As the statistics name it. */
  readonly outcome: string;

  constructor(message: string, { code, outcome }: { code: 'Client' | 'Server'; outcome: string }) {
    super(message);
    this.code = code;
    this.outcome = outcome;
  }
}
