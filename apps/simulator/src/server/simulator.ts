import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCentre } from '../centre.js';
import { SimulatorUsageError } from '../errors.js';
import { createFpmModel, type FpmState } from '../load/fpm-model.js';
import { FPM_DEFAULTS, type FpmSettings } from '../load/settings.js';
import type { Centre } from '../model.js';
import { createAccountFinder } from '../passwords.js';
import type { CentreOptions } from '../shape.js';
import { createRecordMaker } from '../wire/records.js';
import { renderWsdl } from '../wire/wsdl.js';
import { createAnswerCache } from './answers.js';
import { createDoorkeeper } from './auth.js';
import { answerCall, type CallContext } from './calls.js';
import { type ControlRequest, parseControl } from './control.js';
import { sendRefusal } from './failures.js';
import type { Fault } from './faults.js';
import { createLoadModel, type LoadModel } from './load-model.js';
import { loadSettingsOf, type SimulatorOptions } from './options.js';
import { createQueries } from './query.js';
import { readBody } from './request.js';
import { sendWhole } from './respond.js';
import { createStats, type SimulatorStats } from './stats.js';

/** What `GET /stats` tells: what became of the calls, and what the server is like now. */
export interface SimulatorReport extends SimulatorStats {
  /** Downloads of the WSDL, which are no calls. */
  wsdlDownloads: number;
  /** `children` null: any number. */
  server: Omit<FpmState, 'capacity'> & { children: number | null };
}

/** A simulator that is up. */
export interface Simulator {
  /** `http://127.0.0.1:PORT` */
  url: string;
  /** Where the WSDL is. */
  wsdlUrl: string;
  port: number;
  /** The centre as it is served now. */
  centre(): Centre;
  stats(): SimulatorReport;
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
  const clock = (): number => performance.now();
  const stats = createStats(clock);
  const state = createState(options, clock);
  let calls = 0;
  let wsdlDownloads = 0;
  const report = (): SimulatorReport => {
    const { capacity, ...server } = state.context.load.state();
    const children = Number.isFinite(capacity) ? capacity : null;
    return { ...stats.read(), wsdlDownloads, server: { children, ...server } };
  };
  const server = createServer((request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://simulator.example');
    if (pathname === '/ws' && request.method === 'POST') {
      calls += 1;
      const number = calls;
      void countCall(stats, response, (name) =>
        answerCall(state.context, request, response, number, name),
      );
    } else if (pathname === '/ws' && /^\?(wsdl|WSDL)/.test(search)) {
      wsdlDownloads += 1;
      sendWsdl(state.context, request, response);
    } else if (pathname === '/stats') {
      sendJson(response, 200, report());
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
      wsdlDownloads = 0;
    }
  };
  const port = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1');
  const url = `http://${options.host ?? '127.0.0.1'}:${port}`;
  return {
    url,
    wsdlUrl: `${url}/ws?wsdl`,
    port,
    centre: () => state.context.centre,
    stats: report,
    control,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      state.context.load.close();
    },
  };
}

/** The service describes itself by the same PHP: not while there is an outage, or maintenance. */
function sendWsdl(
  { load, outageKind, style }: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const refusal = load.closed();
  if (refusal === null) {
    sendWhole(response, 200, renderWsdl(style, `http://${request.headers.host ?? ''}/ws`));
  } else {
    sendRefusal(request, response, refusal, outageKind);
  }
}

/** A call lasts until the server has done with it and the client has the answer, or has gone. */
async function countCall(
  stats: ReturnType<typeof createStats>,
  response: ServerResponse,
  answer: (name: (operation: string) => void) => Promise<string>,
): Promise<void> {
  const tally = stats.begin();
  const closed = response.closed ? Promise.resolve() : once(response, 'close');
  try {
    tally.outcome(await answer(tally.name));
  } catch {
    // A client that broke off its own request.
    tally.outcome('aborted');
    response.destroy();
  }
  await closed;
  tally.end();
}

/** The context of calls, and what changes it. */
function createState(
  options: SimulatorOptions,
  clock: () => number,
): { context: CallContext; apply(request: ControlRequest): void } {
  const centre = createCentre(options.centre);
  const seed = options.faultSeed ?? centre.shape.seed;
  let settings: FpmSettings = { ...FPM_DEFAULTS, seed, ...loadSettingsOf(options) };
  const context: CallContext = {
    style: options.style ?? 'literal',
    ...serving(centre, options.lean),
    cache: createAnswerCache(options.prerenderBytes ?? DEFAULT_PRERENDER_BYTES),
    load: createLoadModel(createFpmModel(settings), clock),
    sizesMatter: needSizes(settings),
    outageKind: options.outageKind ?? '502',
    door: createDoorkeeper(options.auth ?? { method: 'none' }, options.now ?? Date.now),
    faults: options.faults ?? [],
    faultSeed: seed,
    slowMs: options.slowMs ?? 2_000,
  };
  checkFaults(context, context.faults);
  return {
    context,
    apply(request) {
      checkFaults(context, request.faults ?? []);
      context.faults = request.faults ?? context.faults;
      context.outageKind = request.outageKind ?? context.outageKind;
      settings = { ...settings, ...loadSettingsOf(request) };
      context.sizesMatter = needSizes(settings);
      changeLoad(context.load, request);
      if (request.expireSessions === true) {
        context.door.expireSessions();
      }
      if ([request.day, request.today, request.badByte].some((value) => value !== undefined)) {
        const next = createCentre(later(context.centre, request));
        Object.assign(context, serving(next, options.lean));
        context.cache.clear();
      }
    },
  };
}

function changeLoad(load: LoadModel, request: ControlRequest): void {
  const changed = loadSettingsOf(request);
  if (Object.keys(changed).length > 0) {
    load.change(changed);
  }
  if (request.startClocks === true) {
    load.startClocks();
  }
}

/** An answer has to be made before its child begins only where its size decides something. */
const needSizes = (settings: FpmSettings): boolean =>
  [settings.bytesPerSecond, settings.segfaultAboveBytes, settings.maxAnswerBytes].some(
    (bound) => bound !== null,
  );

const serving = (
  centre: Centre,
  lean: boolean | undefined,
): Pick<CallContext, 'centre' | 'query' | 'findAccount'> => ({
  centre,
  findAccount: createAccountFinder(centre),
  query: createQueries(centre, createRecordMaker(centre, lean)),
});

/** The same centre on another day, or with another bad byte. */
function later({ shape }: Centre, { day, today, badByte }: ControlRequest): CentreOptions {
  return {
    ...shape,
    enrolments: shape.enrolments ?? undefined,
    day: day ?? shape.day,
    today: today ?? shape.today,
    badByte: badByte === undefined ? shape.badByte : badByte,
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
