/**
 * What is wrong with an answer, before anybody says which operation gave it.
 * Messages name positions, elements and counts, never a value.
 */
export type DecodeFailure =
  | 'cut_off'
  | 'malformed'
  | 'not_soap'
  | 'doctype'
  | 'too_large'
  | 'miscounted'
  | 'misshapen';

export class DecodeError extends Error {
  override readonly name = 'DecodeError';
  readonly failure: DecodeFailure;

  constructor(failure: DecodeFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
