import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import type { Context } from '../context.js';
import { createReadiness } from './readiness.js';

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server = undefined;
});

/** A process whose database and queue are there, or not. */
function processWith(
  parts: { database?: () => Promise<void>; queue?: () => Promise<void> },
  url: string,
): Parameters<typeof createReadiness>[0] {
  const { database = async () => undefined, queue = async () => undefined } = parts;
  return {
    stores: async () => ({ ping: database }) as Awaited<ReturnType<Context['stores']>>,
    queue: async () => ({ ping: queue }) as Awaited<ReturnType<Context['queue']>>,
    server: async () => ({ url }) as Awaited<ReturnType<Context['server']>>,
  };
}

/** An address where a server ends each connection at once. */
async function startDeaf(): Promise<string> {
  server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return `postgresql://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/none`;
}

const away = async (): Promise<void> => Promise.reject(new Error('away'));
const namesOf = async (context: Parameters<typeof createReadiness>[0]): Promise<string[]> =>
  (await createReadiness(context)(new AbortController().signal)).map(({ name }) => name);

describe('what keeps a process from its work', () => {
  it('is the database where that does not answer, and nothing that it may lack', async () => {
    const url = await startDeaf();
    expect(await namesOf(processWith({ database: away }, url))).toEqual(['database']);
    expect(await namesOf(processWith({ database: away, queue: away }, url))).toEqual([
      ...['database', 'queue'],
    ]);
  });

  it('is the migrations where it cannot be told whether they are there', async () => {
    const url = await startDeaf();
    expect(await namesOf(processWith({}, url))).toEqual(['migrations']);
  });
});
