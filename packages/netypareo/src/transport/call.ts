import { setImmediate } from 'node:timers/promises';
import { SourceError } from '@passerelle/sync';
import type { DecodedAnswer } from '../decode/assembler.js';
import type { Decoder } from '../decode/decoder.js';
import { DecodeError } from '../decode/decode-error.js';
import type { SourceLimits } from '../source-options.js';
import { notXml, overloaded, timedOut, tooLarge, undecodable, withBytes } from './errors.js';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.js';
import { networkError } from './network-errors.js';
import { createSeenBytes, type SeenBytes } from './seen-bytes.js';
import { statusError } from './status.js';
import { createTextDecoder } from './text-decoder.js';
import { startWatchdog, type Watchdog } from './watchdog.js';

/** One call's request and where its answer goes. */
export interface Call {
  operation: string;
  request: HttpRequest;
  /** Made while the server is at work. */
  decoder: () => Decoder;
  /** Called after every piece of the answer; while it waits, nothing more is read. */
  afterChunk?: (bytes: number) => Promise<void> | undefined;
}

/** An answer that arrived whole: a SOAP fault, or a response. */
export interface CallAnswer extends DecodedAnswer {
  bytes: number;
}

/** What a call needs besides itself. */
export interface CallContext {
  http: HttpClient;
  limits: SourceLimits;
  now: () => number;
}

/**
 * Makes one call and streams its answer into the decoder. Resolves only if the
 * answer arrived whole: status 200 (or a SOAP fault), an XML type, the envelope
 * closed (architecture, invariant 1).
 *
 * @throws SourceError otherwise, or the signal's reason if that was aborted
 */
export async function performCall(
  context: CallContext,
  call: Call,
  signal: AbortSignal,
): Promise<CallAnswer> {
  const ours = new AbortController();
  const { timeoutMs, idleTimeoutMs } = context.limits;
  const watchdog = startWatchdog(timeoutMs, idleTimeoutMs ?? timeoutMs, (what) =>
    ours.abort(timedOut(call.operation, what)),
  );
  const stop = AbortSignal.any([signal, ours.signal]);
  const seen = createSeenBytes();
  try {
    stop.throwIfAborted();
    const [answer, decoder] = await Promise.all([
      context.http.send(call.request, stop),
      Promise.resolve().then(call.decoder),
    ]);
    return await readAnswer(context, { ...call, decoder }, answer, seen, watchdog, stop);
  } catch (error) {
    signal.throwIfAborted();
    const told: unknown = ours.signal.aborted
      ? ours.signal.reason
      : translate(call.operation, error, seen);
    throw told instanceof SourceError ? withBytes(told, seen.count()) : told;
  } finally {
    watchdog.stop();
  }
}

/** Of one call; several may have theirs one right after the other. */
const LONGEST_STRETCH_MS = 2;

/** Errors of our own callers (a database that refuses a batch) pass unchanged. */
class CallerError extends Error {
  override readonly name = 'CallerError';
}

function translate(operation: string, error: unknown, seen: SeenBytes): unknown {
  if (error instanceof SourceError) return error;
  if (error instanceof CallerError) return error.cause;
  if (error instanceof DecodeError) return undecodable(operation, error, seen);
  return networkError(operation, error);
}

/** A call whose answer comes. */
type AnsweredCall = Omit<Call, 'decoder'> & { decoder: Decoder };

async function readAnswer(
  context: CallContext,
  call: AnsweredCall,
  answer: HttpAnswer,
  seen: SeenBytes,
  watchdog: Watchdog,
  stop: AbortSignal,
): Promise<CallAnswer> {
  const destroy = () => answer.body.destroy(new Error('aborted'));
  stop.addEventListener('abort', destroy, { once: true });
  try {
    stop.throwIfAborted();
    const contentType = answer.headers['content-type'] ?? '';
    if (!isXml(contentType)) throw await otherContent(context, call.operation, answer, contentType);
    await stream(context.limits, call, answer, contentType, seen, watchdog);
    const bytes = seen.count();
    const decoded = finish(call, answer, bytes, context.now());
    if (decoded.fault === null && answer.status !== 200) {
      throw statusError(call.operation, answer, context.now());
    }
    return { ...decoded, bytes };
  } catch (error) {
    // What cannot be decoded is no better for having a status of its own.
    if (error instanceof DecodeError && answer.status !== 200) {
      throw statusError(call.operation, answer, context.now());
    }
    throw error;
  } finally {
    stop.removeEventListener('abort', destroy);
    answer.body.destroy();
  }
}

async function stream(
  limits: SourceLimits,
  { operation, decoder, afterChunk }: AnsweredCall,
  answer: HttpAnswer,
  contentType: string,
  seen: SeenBytes,
  watchdog: Watchdog,
): Promise<void> {
  const text = createTextDecoder(contentType);
  const decode = (chunk: Buffer) => decoder.write(text.decode(chunk));
  let broken: DecodeError | undefined;
  let workingSince = performance.now();
  watchdog.progress();
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    seen.take(chunk);
    if (seen.count() > limits.maxResponseBytes) {
      throw tooLarge(operation, `is longer than ${limits.maxResponseBytes} bytes`);
    }
    // What comes after is let pass: whether it arrives whole tells one bad record from a cut.
    broken ??= brokenBy(() => decode(chunk));
    const pause = broken === undefined ? afterChunk?.(seen.count()) : undefined;
    if (pause !== undefined) {
      watchdog.pause();
      await pause.catch((cause: unknown) => {
        throw new CallerError('the batch was not taken', { cause });
      });
      watchdog.resume();
    }
    // Data that comes quickly would be parsed in one go, and nobody else served meanwhile.
    if (performance.now() - workingSince > LONGEST_STRETCH_MS) {
      await setImmediate();
      workingSince = performance.now();
    }
    watchdog.progress();
  }
  if (broken !== undefined) throw broken;
  if (seen.count() > 0) decoder.write(text.end());
}

function brokenBy(decode: () => void): DecodeError | undefined {
  try {
    decode();
  } catch (error) {
    if (error instanceof DecodeError && error.failure === 'malformed') return error;
    throw error;
  }
}

function finish(call: AnsweredCall, answer: HttpAnswer, bytes: number, now: number): DecodedAnswer {
  if (bytes > 0) return call.decoder.end();
  if (answer.status !== 200) throw statusError(call.operation, answer, now);
  throw overloaded(call.operation, 'the answer is empty (HTTP 200 without a body)', 'empty');
}

async function otherContent(
  context: CallContext,
  operation: string,
  answer: HttpAnswer,
  contentType: string,
): Promise<SourceError> {
  if (answer.status !== 200) return statusError(operation, answer, context.now());
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    if (chunk.length === 0) continue;
    const type = contentType.split(';', 1)[0]?.trim() || 'of no declared type';
    return type === 'text/html'
      ? notXml(operation, 'it is an HTML page, not XML', 'html_page')
      : notXml(operation, `it is ${type}, not XML`);
  }
  return overloaded(operation, 'the answer is empty (HTTP 200 without a body)', 'empty');
}

function isXml(contentType: string): boolean {
  return /^\s*(text|application)\/([\w.-]+\+)?xml\s*(;|$)/i.test(contentType);
}
