import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { runJson } from '@passerelle/sync';

/** Something to ask for, under a key of its own. */
export interface KeyedRequest {
  key: string;
  path: string;
  body: Readonly<Record<string, unknown>>;
}

/** What a key was answered in the end. */
export interface KeyedAnswer {
  runId: number;
  /** Whether it was the answer to something asked before. */
  replayed: boolean;
  /** How often it was asked, and what came of it until then. */
  failures: string[];
}

export interface KeyedClient {
  url: string;
  token: string;
  /** Addresses and tokens are limited: each client has its own, as each program would. */
  localAddress: string;
}

const AGAIN_MS = 50;
/** For the times of kills and of tasks that are busy. */
const LONGEST_MS = 300_000;

/**
 * Asks with a key until there is an answer: over connections that break, a server that
 * is not there or cannot do it now, and tasks that are busy.
 * @throws Error where the answer says that asking again is of no use
 */
export async function askUntilAnswered(
  client: KeyedClient,
  asked: KeyedRequest,
): Promise<KeyedAnswer> {
  const failures: string[] = [];
  const until = performance.now() + LONGEST_MS;
  while (performance.now() < until) {
    const answer = await post(client, asked).catch((error: unknown) => nameOf(error));
    if (typeof answer === 'object' && answer.status === 202) {
      const { id: runId } = runJson.parse(JSON.parse(answer.text));
      return { runId, replayed: answer.replayed, failures };
    }
    const failure = typeof answer === 'string' ? answer : String(answer.status);
    if (typeof answer === 'object' && !PASSING.has(answer.status)) {
      throw new Error(`${asked.key} ${asked.path}: ${answer.status} ${answer.text}`);
    }
    failures.push(failure);
    await wait(AGAIN_MS);
  }
  throw new Error(`${asked.key} ${asked.path}: no answer, but ${[...new Set(failures)].join()}`);
}

/** Busy, too many, and what the server cannot do at the moment. */
const PASSING = new Set([409, 429, 500, 502, 503, 504]);

interface Answered {
  status: number;
  replayed: boolean;
  text: string;
}

async function post(client: KeyedClient, { key, path, body }: KeyedRequest): Promise<Answered> {
  const sent = request(`${client.url}${path}`, {
    ...{ method: 'POST', localAddress: client.localAddress, agent: false, timeout: 20_000 },
    headers: {
      authorization: `Bearer ${client.token}`,
      'content-type': 'application/json',
      'idempotency-key': key,
    },
  });
  sent.once('timeout', () => sent.destroy(new Error('no answer in time')));
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  const replayed = response.headers['idempotency-replayed'] === 'true';
  return { status: response.statusCode ?? 0, replayed, text };
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
