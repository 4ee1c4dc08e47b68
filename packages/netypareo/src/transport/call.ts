import { setImmediate } from 'node:timers/promises';
import { SourceError } from '@passerelle/sync';
import type { DecodedAnswer } from '../decode/assembler.js';
import type { Decoder } from '../decode/decoder.js';
import { DecodeError } from '../decode/decode-error.js';
import type { SourceLimits } from '../source-options.js';
import { notXml, overloaded, timedOut, tooLarge, undecodable } from './errors.js';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.js';
import { networkError } from './network-errors.js';
import { statusError } from './status.js';
import { createTextDecoder } from './text-decoder.js';
import { startWatchdog, type Watchdog } from './watchdog.js';

/** One call's request and where its answer goes. */
export interface Call {
  operation: string;
  request: HttpRequest;
  decoder: Decoder;
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
  try {
    stop.throwIfAborted();
    const answer = await context.http.send(call.request, stop);
    return await readAnswer(context, call, answer, watchdog, stop);
  } catch (error) {
    signal.throwIfAborted();
    if (ours.signal.aborted) throw ours.signal.reason;
    throw translate(call.operation, error);
  } finally {
    watchdog.stop();
  }
}

const LONGEST_STRETCH_MS = 5;

/** Errors of our own callers (a database that refuses a batch) pass unchanged. */
class CallerError extends Error {
  override readonly name = 'CallerError';
}

function translate(operation: string, error: unknown): unknown {
  if (error instanceof SourceError) return error;
  if (error instanceof CallerError) return error.cause;
  if (error instanceof DecodeError) return undecodable(operation, error);
  return networkError(operation, error);
}

async function readAnswer(
  context: CallContext,
  call: Call,
  answer: HttpAnswer,
  watchdog: Watchdog,
  stop: AbortSignal,
): Promise<CallAnswer> {
  const destroy = () => answer.body.destroy(new Error('aborted'));
  stop.addEventListener('abort', destroy, { once: true });
  try {
    stop.throwIfAborted();
    const contentType = answer.headers['content-type'] ?? '';
    if (!isXml(contentType)) throw await otherContent(context, call.operation, answer, contentType);
    const bytes = await stream(context.limits, call, answer, contentType, watchdog);
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
  { operation, decoder, afterChunk }: Call,
  answer: HttpAnswer,
  contentType: string,
  watchdog: Watchdog,
): Promise<number> {
  const text = createTextDecoder(contentType);
  let bytes = 0;
  let workingSince = performance.now();
  watchdog.progress();
  for await (const chunk of answer.body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limits.maxResponseBytes) {
      throw tooLarge(operation, `is longer than ${limits.maxResponseBytes} bytes`);
    }
    decoder.write(text.decode(chunk));
    const pause = afterChunk?.(bytes);
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
  if (bytes > 0) decoder.write(text.end());
  return bytes;
}

function finish(call: Call, answer: HttpAnswer, bytes: number, now: number): DecodedAnswer {
  if (bytes > 0) return call.decoder.end();
  if (answer.status !== 200) throw statusError(call.operation, answer, now);
  throw overloaded(call.operation, 'the answer is empty (HTTP 200 without a body)');
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
    return notXml(operation, `it is ${type === 'text/html' ? 'an HTML page' : type}, not XML`);
  }
  return overloaded(operation, 'the answer is empty (HTTP 200 without a body)');
}

function isXml(contentType: string): boolean {
  return /^\s*(text|application)\/([\w.-]+\+)?xml\s*(;|$)/i.test(contentType);
}
