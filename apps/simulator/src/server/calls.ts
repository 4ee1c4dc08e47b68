import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Centre } from '../model.js';
import { type Account, passwordOf } from '../passwords.js';
import { createRng } from '../random.js';
import type { Style } from '../wire/style.js';
import type { WireRecord } from '../wire/value.js';
import { isOperationName, type OperationName } from '../wire/schema.js';
import { type AnswerCache, isListOperation, renderAnswer, renderFault } from './answers.js';
import type { Doorkeeper } from './auth.js';
import {
  breakUtf8,
  cutOff,
  drawFault,
  type Fault,
  malform,
  miscount,
  type RandomFault,
} from './faults.js';
import type { LoadModel } from './load-model.js';
import type { Answer, ListOperation, Parameters } from './query.js';
import { parseSoapCall, readBody, type SoapCall } from './request.js';
import { breakOff, drip, sendNginxPage, sendPieces, sendWhole } from './respond.js';

/** Everything a call meets; some of it changes while the simulator runs. */
export interface CallContext {
  style: Style;
  centre: Centre;
  query: (operation: ListOperation, parameters: Parameters) => Answer;
  findAccount: (login: string) => Account | null;
  cache: AnswerCache;
  load: LoadModel;
  door: Doorkeeper;
  faults: readonly Fault[];
  faultSeed: number;
  slowMs: number;
}

/** Answers one SOAP call and says what became of it. */
export async function answerCall(
  context: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
  callNumber: number,
): Promise<string> {
  const verdict = context.load.admit('');
  if (verdict.outcome === 'refuse') {
    request.resume();
    sendNginxPage(response, 502);
    return 'capacity502';
  }
  try {
    const xml = await readBody(request);
    if (verdict.delayMs > 0) {
      // The server works on even when its client has gone.
      await delay(verdict.delayMs);
    }
    return response.destroyed
      ? 'aborted'
      : await serve(context, xml, request, response, callNumber);
  } finally {
    context.load.release();
  }
}

async function serve(
  context: CallContext,
  xml: string,
  request: IncomingMessage,
  response: ServerResponse,
  callNumber: number,
): Promise<string> {
  const fault = drawFault(context.faults, context.faultSeed, callNumber);
  if (fault !== null && sendInstead(response, fault)) {
    return fault;
  }
  const call = readCall(xml);
  if (call === null) {
    return refuse(response, 'Client', 'Bad Request');
  }
  const signIn = context.door.check(call, request.headers);
  if (!signIn.allowed) {
    sendWhole(response, signIn.status, renderFault('Client', signIn.sentence));
    return 'refusedSignIn';
  }
  if (!isOperationName(call.operation)) {
    return refuse(response, 'Client', `Procedure '${call.operation}' not present`);
  }
  const pieces = piecesOf(context, call.operation, call.parameters);
  return pieces === null
    ? refuse(response, 'Client', 'Identifiants incorrects.')
    : await send(context, response, pieces, fault, callNumber);
}

function readCall(xml: string): SoapCall | null {
  try {
    return parseSoapCall(xml);
  } catch {
    return null;
  }
}

function refuse(response: ServerResponse, code: string, sentence: string): string {
  sendWhole(response, 500, renderFault(code, sentence));
  return 'refused';
}

/** Faults that need no answer; false for those that spoil one. */
function sendInstead(response: ServerResponse, fault: RandomFault): boolean {
  switch (fault) {
    case 'http502':
      sendNginxPage(response, 502);
      return true;
    case 'http503':
      sendNginxPage(response, 503, { 'retry-after': '1' });
      return true;
    case 'empty200':
      sendWhole(response, 200, '');
      return true;
    case 'html200':
      sendWhole(
        response,
        200,
        '<br />\n<b>Fatal error</b>: Allowed memory size exhausted<br />\n',
        {
          'content-type': 'text/html; charset=UTF-8',
        },
      );
      return true;
    case 'fault':
      sendWhole(response, 500, renderFault('Server', 'Une erreur interne est survenue.'));
      return true;
    default:
      return false;
  }
}

/** The answer in pieces; null when a session was refused. */
function piecesOf(
  context: CallContext,
  operation: OperationName,
  parameters: Parameters,
): Iterable<Buffer> | null {
  if (isListOperation(operation)) {
    const key = `${operation} ${JSON.stringify(parameters)}`;
    return (
      context.cache.get(key) ??
      context.cache.keep(
        key,
        renderAnswer(context.style, operation, context.query(operation, parameters)),
      )
    );
  }
  const record =
    operation === 'validerLogin' ? validate(context, parameters) : open(context, parameters);
  return record === null
    ? null
    : renderAnswer(context.style, operation, { count: 1, records: [record] });
}

const KIND_NAMES = { student: 'Apprenant', teacher: 'Enseignant', tutor: 'Tuteur en entreprise' };

function validate(
  { centre, findAccount }: CallContext,
  { login = '', motDePasse }: Parameters,
): WireRecord {
  const account = motDePasse === passwordOf(centre, login) ? findAccount(login) : null;
  return account === null
    ? { valide: 0, codeUtilisateur: null, typeUtilisateur: null }
    : { valide: 1, codeUtilisateur: account.code, typeUtilisateur: KIND_NAMES[account.kind] };
}

function open(
  { door }: CallContext,
  { identifiant = '', motDePasse = '' }: Parameters,
): WireRecord | null {
  const session = door.openSession(identifiant, motDePasse);
  return session === null ? null : { jeton: session.token, dureeSecondes: session.seconds };
}

async function send(
  context: CallContext,
  response: ServerResponse,
  pieces: Iterable<Buffer>,
  fault: RandomFault | null,
  callNumber: number,
): Promise<string> {
  const limit = context.faults.find((candidate) => candidate.kind === 'bigAnswer');
  if (fault === null && limit === undefined) {
    await sendPieces(response, pieces);
    return response.destroyed && !response.writableFinished ? 'aborted' : 'ok';
  }
  const body = Buffer.concat([...pieces]);
  if (limit?.kind === 'bigAnswer' && body.length > limit.bytes && context.load.busy() > 1) {
    sendNginxPage(response, 502);
    return 'bigAnswer';
  }
  return await sendSpoilt(context, response, body, fault, callNumber);
}

async function sendSpoilt(
  context: CallContext,
  response: ServerResponse,
  body: Buffer,
  fault: RandomFault | null,
  callNumber: number,
): Promise<string> {
  const rng = createRng(context.faultSeed, 52, callNumber);
  switch (fault) {
    case 'slow':
      await drip(response, body, context.slowMs);
      return fault;
    case 'reset':
      await breakOff(response, body, rng);
      return fault;
    case 'truncate':
      await sendPieces(response, [cutOff(body, rng)]);
      return fault;
    case 'malformed':
      await sendPieces(response, [malform(body, rng)]);
      return fault;
    case 'badutf8':
      await sendPieces(response, [breakUtf8(body, rng)]);
      return fault;
    case 'wrongcount': {
      const wrong = miscount(body);
      await sendPieces(response, [wrong ?? body]);
      return wrong === null ? 'ok' : fault;
    }
    default:
      await sendPieces(response, [body]);
      return 'ok';
  }
}
