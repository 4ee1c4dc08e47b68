import { type Overload, SourceError } from '@passerelle/sync';
import type { DecodeError } from '../decode/decode-error.js';
import type { SoapFault } from '../decode/fault.js';
import type { SeenPath } from '../structure.js';
import type { SeenBytes } from './seen-bytes.js';

/**
 * Every way a call can go wrong, as the class and the sentence an administrator
 * sees. Sentences name operations, statuses and counts, never a person's data.
 */

/** More paths would not be read in a sentence. */
const MOST_PATHS = 20;

/** The guide's remedy for 502 (facts/netypareo.md, "502 errors"). */
const OVERLOAD_ADVICE =
  'Make fewer calls at once (NETYPAREO_MAX_CONCURRENCY) and ask for less per call (split in the contract); on the server, raise output_buffering in php.ini from 4096 to 9192.';

/**
 * An error about an answer that arrived. What the answer said may speak of a
 * person: it is for the terminal of whoever sets the source up, and neither the
 * message nor a log or table has it.
 */
export class AnswerError extends SourceError {
  /** A sentence. */
  readonly said: string;

  constructor(error: SourceError, said: string) {
    super(error.kind, error.message, propertiesOf(error));
    this.said = said;
  }
}

/** The same error, with how much of the answer had arrived. */
export function withBytes(error: SourceError, bytes: number): SourceError {
  return new SourceError(error.kind, error.message, { ...propertiesOf(error), bytes });
}

function propertiesOf(error: SourceError): ConstructorParameters<typeof SourceError>[2] {
  const { retryable, cause, retryAfterMs, overload, bytes } = error;
  return { retryable, cause, retryAfterMs, overload, bytes };
}

/**
 * @param overload the sign of overload that it is; null: it has another reason,
 *   such as a list that changed while it was read
 */
export function overloaded(
  operation: string,
  what: string,
  overload: Overload | null,
  options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
): SourceError {
  return new SourceError(
    'overloaded',
    `NetYParéo could not complete ${operation}: ${what}. ${OVERLOAD_ADVICE}`,
    { retryable: true, overload: overload ?? undefined, ...options },
  );
}

export function timedOut(operation: string, what: string): SourceError {
  return new SourceError(
    'timeout',
    `NetYParéo did not complete ${operation} in time: ${what}. Give it longer (NETYPAREO_TIMEOUT_MS), make fewer calls at once (NETYPAREO_MAX_CONCURRENCY), or split the reading more finely in the contract.`,
    { retryable: true, overload: 'timeout' },
  );
}

export function refusedSignIn(operation: string, what: string, fault?: SoapFault): SourceError {
  const error = new SourceError(
    'refused_sign_in',
    `NetYParéo refused to let Passerelle call ${operation}: ${what}. Check NETYPAREO_USERNAME, NETYPAREO_PASSWORD and NETYPAREO_TOKEN, the rights of that account, and signIn in the contract.`,
    { retryable: false },
  );
  return fault === undefined ? error : new AnswerError(error, quote(fault));
}

/** Signing in works, but the session is over at once: not a wrong password, so it may be tried again. */
export function sessionTaken(operation: string, fault: SoapFault): SourceError {
  const error = new SourceError(
    'refused_sign_in',
    `NetYParéo let Passerelle sign in, but said of the very next call (${operation}) that its session is over. Where the server allows one session per account, see to it that nothing else uses the same account, and run a single worker; or correct signIn and faults in the contract.`,
    { retryable: true },
  );
  return new AnswerError(error, quote(fault));
}

export function faulted(operation: string, fault: SoapFault, retryable: boolean): SourceError {
  const code = fault.code === '' ? '' : ` (${fault.code.slice(0, 80)})`;
  const error = new SourceError(
    'soap_fault',
    `NetYParéo answered ${operation} with a SOAP fault${code}${retryable ? '' : '; the same call would fail again'}. Look into the server's log at this time; if the fault says that its sign-in is refused or that it may pass, say so under faults in the contract.`,
    { retryable },
  );
  return new AnswerError(error, quote(fault));
}

function quote({ code, text }: SoapFault): string {
  return `The fault's code is "${code}", its text "${text}".`;
}

export function notXml(operation: string, what: string, overload?: Overload): SourceError {
  return new SourceError(
    'not_xml',
    `NetYParéo's answer to ${operation} cannot be read: ${what}. If this stays, open the service's address in a browser: a maintenance page, a PHP error or a control character in one record are the usual causes.`,
    { retryable: true, overload },
  );
}

/** All of an answer arrived, but something in it, in one record as a rule, makes it no XML. */
function unreadable(operation: string, what: string): SourceError {
  return new SourceError(
    'unreadable',
    `NetYParéo's answer to ${operation} arrived whole and cannot be read: ${what}. A control character, or a byte that is no text, in a single record is the usual cause; Passerelle asks for less at a time until that record is alone, as far as the contract allows (finest and page), so that it can be corrected in NetYParéo.`,
    { retryable: true },
  );
}

/** As {@link unreadable}, but the server itself stumbled over the record: it would again. */
export function badRecord(operation: string, fault: SoapFault): SourceError {
  const error = new SourceError(
    'unreadable',
    `NetYParéo could not write its answer to ${operation}, by a SOAP fault that the contract takes for one bad record (faults). Passerelle asks for less at a time until that record is alone, as far as the contract allows (finest and page), so that it can be corrected in NetYParéo.`,
    { retryable: false },
  );
  return new AnswerError(error, quote(fault));
}

export function tooLarge(operation: string, what: string): SourceError {
  return new SourceError(
    'too_large',
    `NetYParéo's answer to ${operation} ${what}, more than Passerelle accepts. Ask for less per call (split in the contract), or raise the limit if this is right.`,
    { retryable: false },
  );
}

export function mismatch(operation: string, what: string): SourceError {
  return new SourceError(
    'contract_mismatch',
    `The contract does not fit NetYParéo's ${operation}: ${what}. Compare the contract with the output of "source sample" and "source inspect".`,
    { retryable: false },
  );
}

/** As {@link mismatch}, with what the answer holds instead. */
export function mismatchedAnswer(
  operation: string,
  what: string,
  holds: readonly SeenPath[],
): SourceError {
  const paths = holds.map(({ path, looksLike }) => `${path} (${looksLike.join(', ')})`);
  return new AnswerError(
    mismatch(operation, what),
    paths.length === 0
      ? 'The answer holds nothing.'
      : `The answer holds ${paths.slice(0, MOST_PATHS).join(', ')}.`,
  );
}

/** A login of which the contract says, by a rule of its own, that it cannot be told. */
export function undecided(operation: string): SourceError {
  return new SourceError(
    'contract_mismatch',
    `NetYParéo's answer to ${operation} is one of which the contract says that it means neither yes nor no (login.answers). Ask NetYParéo's administrator what is the matter with this login.`,
    { retryable: false },
  );
}

export function unreachable(
  what: string,
  retryable: boolean,
  options: {
    cause?: unknown;
    overload?: Overload | undefined;
    retryAfterMs?: number | undefined;
  } = {},
): SourceError {
  return new SourceError(
    'unreachable',
    `NetYParéo cannot be reached: ${what}. Check NETYPAREO_WSDL, NETYPAREO_ENDPOINT and the network between here and there.`,
    { retryable, ...options },
  );
}

/** An answer with status 200 that could not be decoded, by what all of its bytes look like. */
export function undecodable(
  operation: string,
  error: DecodeError,
  seen: Pick<SeenBytes, 'beginsWithTag' | 'ending'>,
): SourceError {
  switch (error.failure) {
    case 'cut_off':
    case 'miscounted':
      return cutOff(operation, error);
    case 'too_large':
      return tooLarge(operation, error.message);
    case 'misshapen':
      return mismatch(operation, `the answer ${error.message}`);
    case 'malformed':
      if (!seen.beginsWithTag() || seen.ending() === 'continued') break;
      if (seen.ending() === 'open') return cutOff(operation, error);
      return unreadable(operation, `it ${error.message}`);
    default:
      break;
  }
  return notXml(operation, `it ${error.message}`);
}

/** An answer that ended too early, in whatever way that shows. */
function cutOff(operation: string, error: DecodeError): SourceError {
  return overloaded(
    operation,
    `the answer ${error.message}, so it did not arrive whole`,
    'cut_off',
  );
}
