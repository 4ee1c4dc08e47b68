import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCentre } from '../centre.js';
import { SimulatorUsageError } from '../errors.js';
import type { Centre } from '../model.js';
import { createAccountFinder } from '../passwords.js';
import type { CentreOptions } from '../shape.js';
import { createRecordMaker } from '../wire/records.js';
import { renderWsdl } from '../wire/wsdl.js';
import { createAnswerCache } from './answers.js';
import { createDoorkeeper } from './auth.js';
import { answerCall, type CallContext } from './calls.js';
import type { Fault } from './faults.js';
import { createCapacityModel } from './load-model.js';
import { type ControlRequest, parseControl, type SimulatorOptions } from './options.js';
import { createQueries } from './query.js';
import { readBody } from './request.js';
import { sendWhole } from './respond.js';
import { createStats, type SimulatorStats } from './stats.js';

/** A simulator that is up. */
export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Where the WSDL is. */
  wsdlUrl: string;
  port: number;
  /** The centre as it is served now. */
  centre(): Centre;
  stats(): SimulatorStats;
  /** Changes settings while it runs; what `POST /control` does. */
  control(request: ControlRequest): void;
  /** Ends it and every connection. */
  close(): Promise<void>;
}

const DEFAULT_PRERENDER_BYTES = 512 * 1024 * 1024;

/**
 * Starts a stand-in NetYParéo: SOAP at `/ws`, its WSDL at `/ws?wsdl`, `GET /stats`, `POST /control`.
 * @throws SimulatorUsageError for options that contradict each other
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const stats = createStats();
  const state = createState(options);
  let calls = 0;
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://simulator.example');
    if (pathname === '/ws' && request.method === 'POST') {
      calls += 1;
      void countCall(stats, answerCall(state.context, request, response, calls), response);
    } else if (pathname === '/ws' && /^\?(wsdl|WSDL)/.test(search)) {
      sendWhole(
        response,
        200,
        renderWsdl(state.context.style, `http://${request.headers.host ?? ''}/ws`),
      );
    } else if (pathname === '/stats') {
      sendJson(response, 200, stats.read());
    } else if (pathname === '/control' && request.method === 'POST') {
      void handleControl(request, response, control);
    } else {
      sendWhole(response, 404, 'Not found\n', { 'content-type': 'text/plain' });
    }
  });
  // As nginx: longer than clients keep idle connections for reuse.
  server.keepAliveTimeout = 75_000;
  const control = (request: ControlRequest): void => {
    state.apply(request);
    if (request.reset === true) {
      stats.reset();
    }
  };
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const url = `http://${options.host ?? '127.0.0.1'}:${port}`;
  return {
    url,
    wsdlUrl: `${url}/ws?wsdl`,
    port,
    centre: () => state.context.centre,
    stats: () => stats.read(),
    control,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A call lasts until the server has done with it and the client has the answer, or has gone. */
async function countCall(
  stats: ReturnType<typeof createStats>,
  outcome: Promise<string>,
  response: ServerResponse,
): Promise<void> {
  stats.begin();
  const closed = response.closed ? Promise.resolve() : once(response, 'close');
  try {
    stats.outcome(await outcome);
  } catch {
    // A client that broke off its own request.
    stats.outcome('aborted');
    response.destroy();
  }
  await closed;
  stats.end();
}

/** The context of calls, and what changes it. */
function createState(options: SimulatorOptions): {
  context: CallContext;
  apply(request: ControlRequest): void;
} {
  const settings = { capacity: options.capacity ?? null, latencyMs: options.latencyMs ?? 0 };
  const centre = createCentre(options.centre);
  const context: CallContext = {
    style: options.style ?? 'literal',
    ...serving(centre, options.lean),
    cache: createAnswerCache(options.prerenderBytes ?? DEFAULT_PRERENDER_BYTES),
    load: createCapacityModel(settings),
    door: createDoorkeeper(options.auth ?? { method: 'none' }, options.now ?? Date.now),
    faults: options.faults ?? [],
    faultSeed: options.faultSeed ?? centre.shape.seed,
    slowMs: options.slowMs ?? 2_000,
  };
  checkFaults(context, context.faults);
  return {
    context,
    apply(request) {
      checkFaults(context, request.faults ?? []);
      context.faults = request.faults ?? context.faults;
      settings.capacity = request.capacity === undefined ? settings.capacity : request.capacity;
      settings.latencyMs = request.latencyMs ?? settings.latencyMs;
      if (request.expireSessions === true) {
        context.door.expireSessions();
      }
      if (request.day !== undefined || request.today !== undefined) {
        const next = createCentre(later(context.centre, request));
        Object.assign(context, serving(next, options.lean));
        context.cache.clear();
      }
    },
  };
}

const serving = (
  centre: Centre,
  lean: boolean | undefined,
): Pick<CallContext, 'centre' | 'query' | 'findAccount'> => ({
  centre,
  findAccount: createAccountFinder(centre),
  query: createQueries(centre, createRecordMaker(centre, lean)),
});

/** The same centre on another day. */
function later({ shape }: Centre, { day, today }: ControlRequest): CentreOptions {
  return {
    ...shape,
    enrolments: shape.enrolments ?? undefined,
    day: day ?? shape.day,
    today: today ?? shape.today,
  };
}

function checkFaults({ style }: CallContext, faults: readonly Fault[]): void {
  if (style === 'literal' && faults.some(({ kind }) => kind === 'wrongcount')) {
    throw new SimulatorUsageError(
      'The fault wrongcount needs --style encoded: only there an answer declares how long it is.',
    );
  }
}

async function handleControl(
  request: IncomingMessage,
  response: ServerResponse,
  control: (request: ControlRequest) => void,
): Promise<void> {
  try {
    control(parseControl(await readBody(request)));
    sendJson(response, 200, { done: true });
  } catch (error) {
    sendJson(response, 400, { error: error instanceof Error ? error.message : String(error) });
  }
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  sendWhole(response, status, `${JSON.stringify(value)}\n`, { 'content-type': 'application/json' });
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `The port ${port} is taken by another program: stop that one, or give another --port.`,
      { cause: error },
    );
  }
  return (server.address() as AddressInfo).port;
}
