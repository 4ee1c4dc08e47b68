import type { SourceCall, SourceError } from '@passerelle/sync';
import type { FaultRule } from './contract/schema.js';
import type { ParameterValue } from './contract/template.js';
import { createDecoder, type Decoder } from './decode/decoder.js';
import type { SoapFault } from './decode/fault.js';
import { type Filter, newFilter } from './decode/filter.js';
import { pathsFilter } from './decode/reading-filter.js';
import type { Value } from './decode/tree.js';
import type { SourceLimits, SourceOptions } from './source-options.js';
import { keepFresh } from './transport/keep-fresh.js';
import { createLateStructureReader } from './late-structure.js';
import { createStructureReader, type SeenPath, type StructureReader } from './structure.js';
import { type CallAnswer, performCall } from './transport/call.js';
import {
  badRecord,
  faulted,
  refusedSignIn,
  sessionTaken,
  unreachable,
} from './transport/errors.js';
import { createHttpClient, type HttpClient, type HttpRequest } from './transport/http.js';
import { createSignIn, type SignIn } from './transport/sign-in.js';
import type { Signature, SoapClient } from './transport/soap-client.js';
import { untilAborted } from './transport/until-aborted.js';
import { createWsdlCache } from './transport/wsdl-cache.js';

/** What to call and why, and what to do with the answer. */
export interface Invocation extends SourceCall {
  parameters: Record<string, ParameterValue>;
  /** A fresh decoder: a call is made again when its session had expired. */
  decoder: () => Decoder;
  afterChunk?: (bytes: number) => Promise<void> | undefined;
  /** Is this fault an answer to the caller's question? Then it says nothing of our own sign-in. */
  isAnswer?: (fault: SoapFault) => boolean;
  signal: AbortSignal;
}

/** An answer of which some values are wanted. */
export interface ValuesAnswer extends CallAnswer {
  /** What all of it looks like, for when they are not there. */
  structure(): SeenPath[];
}

/** What the WSDL says, and why it had to come from disk; null if it came from the source. */
export interface ReadWsdl extends SoapClient {
  keptBecause: Error | null;
}

/** Makes signed calls, each of them through the gate. */
export interface Caller {
  /**
   * @returns the answer, which may be a fault that is no matter of signing in
   * @throws SourceError if it did not arrive whole, or sign-in was refused
   */
  call(invocation: Invocation): Promise<CallAnswer>;
  /** Calls, and returns what the answer holds at these paths. */
  callForValues(
    invocation: Omit<Invocation, 'decoder' | 'afterChunk'> & { paths: readonly string[] },
  ): Promise<ValuesAnswer>;
  newDecoder(filter: Filter, onRecord: (value: Value, key: string) => void): Decoder;
  /** The WSDL, read on first use. @throws SourceError, or the signal's reason */
  soap(signal: AbortSignal): Promise<ReadWsdl>;
  signIn: SignIn;
  /** The error that a fault is. */
  faultError(operation: string, fault: SoapFault): SourceError;
  close(): void;
}

export function createCaller(options: SourceOptions, limits: SourceLimits): Caller {
  const { contract, gate, now, log } = options;
  const http = createHttpClient();
  const closing = new AbortController();
  const loadSoap = keepFresh(() => loadSoapClient(options, http, limits, closing.signal), options);
  const soap: Caller['soap'] = (signal) => untilAborted(loadSoap(), signal);
  const context = { http, limits, now };
  const faults = (contract.faults ?? []).map(compileFaultRule);

  const newDecoder: Caller['newDecoder'] = (filter, onRecord) =>
    createDecoder({
      filter,
      onRecord,
      limits: { maxXmlDepth: limits.maxXmlDepth, maxTextChars: limits.maxTextBytes },
    });

  function valuesReader(paths: readonly string[]): {
    decoder: () => Decoder;
    structure: () => SeenPath[];
  } {
    let reader: StructureReader | undefined;
    return {
      decoder: () => {
        reader = createLateStructureReader(() => createStructureReader(newDecoder, newFilter()));
        return reader.beside(newDecoder(pathsFilter(paths), ignore));
      },
      structure: () => reader?.paths() ?? [],
    };
  }

  /** One call under one permit. Whatever else has to be called first was called before. */
  async function send(invocation: Invocation, signature: Signature): Promise<CallAnswer> {
    const { purpose, operation, siteCode, opensPart, cleared } = invocation;
    const { parameters, decoder, afterChunk } = invocation;
    const client = await soap(invocation.signal);
    const build = (): HttpRequest => client.buildRequest(operation, parameters, signature);
    // What holds the time is built when the permit is there, all else while it is waited for.
    const request = signature.security === undefined ? builtMeanwhile(build) : build;
    const work = async (signal: AbortSignal): Promise<CallAnswer> => {
      const startedAt = performance.now();
      const answer = await performCall(
        context,
        { operation, request: request(), decoder, ...(afterChunk && { afterChunk }) },
        signal,
      );
      const ms = Math.round(performance.now() - startedAt);
      const { bytes, records } = answer;
      log.debug({ operation, ms, bytes, records }, 'called NetYParéo');
      return answer;
    };
    const passing = {
      ...{ purpose, operation, siteCode },
      ...(opensPart && { opensPart }),
      ...(cleared && { cleared }),
    };
    return gate.pass(passing, work, invocation.signal, bytesOf);
  }

  const signIn = createSignIn(
    contract.signIn,
    options.credentials,
    now,
    async (operation, parameters, paths, { purpose, opensPart, signal }) => {
      const reader = valuesReader(paths);
      const { decoder } = reader;
      const opening = {
        ...{ purpose, operation, siteCode: null, parameters, decoder, signal },
        ...(opensPart && { opensPart }),
      };
      const answer = await send(opening, {});
      const { fault, values } = answer;
      if (fault === null) return { values, structure: reader.structure };
      if (meaningOf(fault) === 'tryAgain') throw faulted(operation, fault, true);
      const what = `the sign-in was answered with a fault (${fault.code})`;
      throw refusedSignIn(operation, what, fault);
    },
  );

  async function call(invocation: Invocation): Promise<CallAnswer> {
    invocation.signal.throwIfAborted();
    let signature = await signIn.sign(invocation);
    let answer = await send(invocation, signature);
    const isRenewed = meaningOf(answer.fault) === 'signInExpired' && signIn.renew(signature);
    if (isRenewed) {
      const again = { ...invocation, opensPart: false };
      signature = await signIn.sign(again);
      answer = await send(again, signature);
    }
    const { fault } = answer;
    if (fault !== null && invocation.isAnswer?.(fault)) return answer;
    const meaning = meaningOf(fault);
    if (fault !== null && isRenewed && meaning === 'signInExpired') {
      signIn.renew(signature);
      throw sessionTaken(invocation.operation, fault);
    }
    if (fault !== null && (meaning === 'refusedSignIn' || meaning === 'signInExpired')) {
      throw refusedSignIn(invocation.operation, `it answered with a fault (${fault.code})`, fault);
    }
    return answer;
  }

  function meaningOf(fault: SoapFault | null): FaultRule['means'] | null {
    return fault && (faults.find(({ fits }) => fits(fault))?.means ?? 'failed');
  }

  return {
    call,
    callForValues: async ({ paths, ...invocation }) => {
      const reader = valuesReader(paths);
      const answer = await call({ ...invocation, decoder: reader.decoder });
      return { ...answer, structure: reader.structure };
    },
    newDecoder,
    soap,
    signIn,
    faultError: (operation, fault) => {
      const meaning = meaningOf(fault);
      if (meaning === 'badRecord') return badRecord(operation, fault);
      return faulted(operation, fault, meaning === 'tryAgain');
    },
    close: () => {
      closing.abort(new Error('The source was closed.'));
      http.close();
    },
  };
}

/** Builds as soon as there is nothing else to do, or when the result is asked for. */
function builtMeanwhile<Built>(build: () => Built): () => Built {
  let built: { value: Built } | undefined;
  const get = (): Built => (built ??= { value: build() }).value;
  setImmediate(() => {
    try {
      get();
    } catch {
      // Told to whoever asks for it.
    }
  });
  return get;
}

/** A rule about faults, ready to be tried. */
export function compileFaultRule<M>(rule: {
  code?: string | undefined;
  text?: string | undefined;
  means: M;
}): { means: M; fits(fault: SoapFault): boolean } {
  const code = new RegExp(rule.code ?? '', 'iu');
  const text = new RegExp(rule.text ?? '', 'iu');
  return { means: rule.means, fits: (fault) => code.test(fault.code) && text.test(fault.text) };
}

async function loadSoapClient(
  { wsdl, endpoint, contract, gate, cacheDir, log, now, credentials }: SourceOptions,
  http: HttpClient,
  limits: SourceLimits,
  signal: AbortSignal,
): Promise<ReadWsdl> {
  const { createSoapClient } = await import('./transport/soap-client.js');
  const cache = createWsdlCache({
    http,
    gate,
    signal,
    cacheDir,
    timeoutMs: Math.min(limits.timeoutMs, 30_000),
    headers: () => wsdlHeaders(contract.signIn.method, credentials),
    now,
    log,
  });
  try {
    const client = await createSoapClient({
      wsdl,
      endpoint,
      soapVersion: contract.soapVersion ?? '1.1',
      service: contract.service,
      port: contract.port,
      fetchText: (url) => cache.fetchText(url),
    });
    await cache.commit();
    return { ...client, keptBecause: cache.failure() };
  } catch (cause) {
    if ((cause as Error).name === 'SourceError') throw cause;
    throw unreachable(`its WSDL cannot be read: ${reasonOf(cause)}`, false);
  }
}

/** Behind HTTP basic authentication the WSDL usually is too. */
function wsdlHeaders(
  method: string,
  { username, password }: SourceOptions['credentials'],
): Record<string, string> {
  if (method !== 'basic' || username === undefined) return {};
  const token = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
  return { authorization: `Basic ${token}` };
}

function reasonOf(cause: unknown): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOENT') return 'there is no such file';
  return (message ?? 'it is no WSDL').split('\n', 1)[0]?.slice(0, 200) ?? '';
}

const bytesOf = ({ bytes }: CallAnswer) => bytes;
const ignore = () => {};
