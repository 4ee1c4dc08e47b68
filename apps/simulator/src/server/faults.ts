import { SimulatorUsageError } from '../errors.js';
import { createRng, type Rng } from '../random.js';

/** Ways of failing that strike a share of the calls. */
export const RANDOM_FAULTS = [
  'http502', // nginx's page
  'http503', // with Retry-After
  'reset', // the socket closed in mid-body
  'empty200',
  'truncate', // cut off, the connection ended properly
  'fault', // a SOAP Fault
  'malformed', // a control byte, or a tag that begins with a digit
  'badutf8', // a byte that is not UTF-8
  'wrongcount', // the declared length is not that of the list (rpc/encoded)
  'html200', // an HTML page with status 200
  'slow', // the answer drips
] as const;
export type RandomFault = (typeof RANDOM_FAULTS)[number];

/** `rate` of the calls, 0 to 1; or answers of more than `bytes` while others are under way. */
export type Fault = { kind: RandomFault; rate: number } | { kind: 'bigAnswer'; bytes: number };

const KINDS = `${RANDOM_FAULTS.join(', ')} (each KIND:RATE, 0 to 1) or bigAnswer:BYTES`;

/**
 * Reads `KIND:RATE` (`truncate:0.05`) or `bigAnswer:BYTES`.
 * @throws SimulatorUsageError
 */
export function parseFault(text: string): Fault {
  const [kind = '', number = ''] = text.split(':');
  const value = number.trim() === '' ? Number.NaN : Number(number);
  if (kind === 'bigAnswer') {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new SimulatorUsageError(
        `--fault ${text}: expected a number of bytes, as in bigAnswer:500000.`,
      );
    }
    return { kind, bytes: value };
  }
  const known = RANDOM_FAULTS.find((name) => name === kind);
  if (known === undefined) {
    throw new SimulatorUsageError(`--fault ${text}: unknown kind; expected ${KINDS}.`);
  }
  if (!(value >= 0 && value <= 1)) {
    throw new SimulatorUsageError(
      `--fault ${text}: expected a rate from 0 to 1, as in ${known}:0.1.`,
    );
  }
  return { kind: known, rate: value };
}

/** Which fault strikes a call, if any; the same for the same seed and number of the call. */
export function drawFault(
  faults: readonly Fault[],
  seed: number,
  callNumber: number,
): RandomFault | null {
  const struck = faults.find(
    (fault, index) =>
      fault.kind !== 'bigAnswer' && createRng(seed, 51, callNumber, index).next() < fault.rate,
  );
  return struck === undefined || struck.kind === 'bigAnswer' ? null : struck.kind;
}

const LAST_TAGS = 40;

/** Cuts an answer off somewhere before its end. */
export function cutOff(body: Buffer, rng: Rng): Buffer {
  return body.subarray(0, rng.between(1, Math.max(1, body.length - LAST_TAGS)));
}

/** Puts something into an answer that no XML document may hold. */
export function malform(body: Buffer, rng: Rng): Buffer {
  return insert(body, rng.chance(0.5) ? Buffer.from([0x01]) : Buffer.from('<2e>x</2e>'), rng);
}

/** Puts a Latin-1 byte into a text of an answer. */
export function breakUtf8(body: Buffer, rng: Rng): Buffer {
  return insert(body, Buffer.from([0xe9]), rng);
}

/** Declares one entry more than there are; null where the answer declares no length. */
export function miscount(body: Buffer): Buffer | null {
  const head = body.subarray(0, 2_000).toString('utf8');
  const match = /<return SOAP-ENC:arrayType="([\w:]+)\[(\d+)\]"/.exec(head);
  if (match === null) {
    return null;
  }
  const wrong = match[0].replace(`[${match[2]}]`, `[${Number(match[2]) + 1}]`);
  return Buffer.concat([
    Buffer.from(head.slice(0, match.index) + wrong),
    body.subarray(Buffer.byteLength(head.slice(0, match.index + match[0].length))),
  ]);
}

function insert(body: Buffer, piece: Buffer, rng: Rng): Buffer {
  const at = endOfText(body, rng.int(body.length)) ?? endOfText(body, 0) ?? body.length >> 1;
  return Buffer.concat([body.subarray(0, at), piece, body.subarray(at)]);
}

/** Where the first text after an offset ends. */
function endOfText(body: Buffer, offset: number): number | null {
  for (let at = body.indexOf('</', offset); at > 0; at = body.indexOf('</', at + 2)) {
    if (body[at - 1] !== '>'.charCodeAt(0)) {
      return at;
    }
  }
  return null;
}
