import type { SourceGate } from '@passerelle/sync';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceLog } from '../source-options.js';
import { networkError } from './network-errors.js';
import { unreachable } from './errors.js';
import type { HttpClient } from './http.js';
import { overloadOf, retryAfter } from './status.js';
import { readText } from './read-text.js';

const MAX_WSDL_BYTES = 20_000_000;

/** Fetches WSDLs, and keeps them on disk for the day the source is down. */
export interface WsdlCache {
  /** @throws SourceError if it can be had neither from the source nor from disk */
  fetchText(url: string): Promise<string>;
  /** What was fetched turned out to be good: keep it. Failing to is no reason to stop. */
  commit(): Promise<void>;
  /** Why a copy from disk had to serve; null if none had to. */
  failure(): Error | null;
}

export function createWsdlCache(
  options: Download & { cacheDir: string | undefined; log: SourceLog },
): WsdlCache {
  const { cacheDir, log } = options;
  const fetched = new Map<string, string>();
  let failure: Error | null = null;
  return {
    async fetchText(url) {
      try {
        const text = await download(url, options);
        fetched.set(url, text);
        return text;
      } catch (error) {
        const kept = cacheDir === undefined ? undefined : await readKept(cacheDir, url);
        if (kept === undefined) throw error;
        failure = error as Error;
        log.warn(
          { reason: failure.message },
          'the WSDL cannot be fetched; using the copy kept on disk',
        );
        return kept;
      }
    },
    async commit() {
      if (cacheDir === undefined) return;
      try {
        for (const [url, text] of fetched) await keep(cacheDir, url, text);
      } catch (error) {
        log.warn({ reason: String(error) }, 'the WSDL cannot be kept on disk');
      }
      fetched.clear();
    },
    failure: () => failure,
  };
}

interface Download {
  http: HttpClient;
  gate: SourceGate;
  /** Aborted when nobody wants it any longer. */
  signal: AbortSignal;
  timeoutMs: number;
  headers: () => Record<string, string>;
  now: () => number;
}

/** PHP serves it like any answer: it takes a permit like any call. */
function download(url: string, options: Download): Promise<string> {
  const call = { purpose: 'onDemand', operation: 'WSDL', siteCode: null } as const;
  return options.gate.pass(
    call,
    (signal) => downloadNow(url, options, signal),
    options.signal,
    (text) => Buffer.byteLength(text),
  );
}

async function downloadNow(
  url: string,
  { http, timeoutMs, headers, now }: Download,
  signal: AbortSignal,
): Promise<string> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await http.send(
      { url, method: 'GET', headers: headers(), body: null },
      AbortSignal.any([signal, timeout]),
    );
    const { status } = answer;
    if (status !== 200) {
      answer.body.destroy();
      throw unreachable(`its WSDL is answered with HTTP ${status}`, status >= 500, {
        overload: overloadOf(status) ?? undefined,
        retryAfterMs: retryAfter(answer.headers['retry-after'], now()),
      });
    }
    const text = await readText(answer.body, MAX_WSDL_BYTES);
    checkWsdl(text);
    return text;
  } catch (cause) {
    signal.throwIfAborted();
    if ((cause as Error).name === 'SourceError') throw cause;
    if (timeout.aborted) {
      throw unreachable(`its WSDL did not arrive within ${timeoutMs} ms`, true, {
        overload: 'timeout',
      });
    }
    throw networkError('its WSDL', cause);
  }
}

function checkWsdl(text: string): void {
  if (text.trim() === '') throw unreachable('its WSDL is empty', true, { overload: 'empty' });
  if (/<!DOCTYPE|<html/i.test(text.slice(0, 4096))) {
    throw unreachable('there is an HTML page where its WSDL should be', true, {
      overload: 'html_page',
    });
  }
}

function fileOf(cacheDir: string, url: string): string {
  const digest = createHash('sha256').update(url).digest('hex').slice(0, 32);
  return join(cacheDir, `wsdl-${digest}.xml`);
}

async function readKept(cacheDir: string, url: string): Promise<string | undefined> {
  try {
    return await readFile(fileOf(cacheDir, url), 'utf8');
  } catch {
    return undefined;
  }
}

async function keep(cacheDir: string, url: string, text: string): Promise<void> {
  const file = fileOf(cacheDir, url);
  await mkdir(cacheDir, { recursive: true });
  // Several processes may keep the same file: each writes its own, the last rename counts.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, file);
}
