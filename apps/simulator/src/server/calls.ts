import type { IncomingMessage, ServerResponse } from 'node:http';
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
import { type OutageKind, sendFailure, sendRefusal } from './failures.js';
import type { LoadModel } from './load-model.js';
import type { Answer, ListOperation, Parameters } from './query.js';
import { parseSoapCall, readBody, type SoapCall } from './request.js';
import { UnanswerableError } from './unanswerable.js';
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
  /** Does the model of the load ask how large an answer is? It has to be made for that. */
  sizesMatter: boolean;
  outageKind: OutageKind;
}

/**
 * Answers one SOAP call and says what became of it.
 * @param name is told the operation as soon as it is known
 */
export async function answerCall(
  context: CallContext,
  request: IncomingMessage,
  response: ServerResponse,
  callNumber: number,
  name: (operation: OperationName) => void,
): Promise<string> {
  // nginx takes a request in whole before it asks for a child.
  const call = readCall(await readBody(request));
  if (call !== null && isOperationName(call.operation)) {
    name(call.operation);
  }
  const bytes = context.sizesMatter ? sizeOf(context, call) : 0;
  const verdict = await context.load.admit({ operation: call?.operation, bytes });
  if (verdict.outcome === 'refuse') {
    return sendRefusal(request, response, verdict.refusal, context.outageKind);
  }
  if (verdict.outcome === 'fail') {
    const body = (): Buffer => Buffer.concat([...(piecesOf(context, call) ?? [])]);
    const rng = createRng(context.faultSeed, 53, callNumber);
    return response.destroyed
      ? 'aborted'
      : await sendFailure(response, verdict, context.outageKind, body, rng);
  }
  try {
    return response.destroyed
      ? 'aborted'
      : await serve(context, call, request, response, callNumber);
  } finally {
    context.load.release(verdict.id);
  }
}

async function serve(
  context: CallContext,
  call: SoapCall | null,
  request: IncomingMessage,
  response: ServerResponse,
  callNumber: number,
): Promise<string> {
  const fault = drawFault(context.faults, context.faultSeed, callNumber);
  if (fault !== null && sendInstead(response, fault)) {
    return fault;
  }
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
  try {
    const pieces = piecesOf(context, call);
    return pieces === null
      ? refuse(response, 'Client', 'Identifiants incorrects.')
      : await send(context, response, pieces, fault, callNumber);
  } catch (error) {
    if (error instanceof UnanswerableError) {
      return refuse(response, error.code, error.message, error.outcome);
    }
    throw error;
  }
}

function readCall(xml: string): SoapCall | null {
  try {
    return parseSoapCall(xml);
  } catch {
    return null;
  }
}

function refuse(
  response: ServerResponse,
  code: string,
  sentence: string,
  outcome = 'refused',
): string {
  sendWhole(response, 500, renderFault(code, sentence));
  return outcome;
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

/** How large the answer is; small ones, of whatever kind, count as nothing. */
function sizeOf(context: CallContext, call: SoapCall | null): number {
  if (call === null || !isListOperation(call.operation)) {
    return 0;
  }
  try {
    let bytes = 0;
    for (const piece of piecesOf(context, call) ?? []) bytes += piece.length;
    return bytes;
  } catch (error) {
    if (error instanceof UnanswerableError) return 0;
    throw error;
  }
}

/**
 * The answer in pieces; null when a session was refused, or there is no such operation.
 * @throws UnanswerableError
 */
function piecesOf(context: CallContext, call: SoapCall | null): Iterable<Buffer> | null {
  if (call === null || !isOperationName(call.operation)) {
    return null;
  }
  const { operation, parameters } = call;
  if (isListOperation(operation)) {
    return listPieces(context, operation, parameters);
  }
  const record =
    operation === 'validerLogin' ? validate(context, parameters) : open(context, parameters);
  return record === null
    ? null
    : renderAnswer(context.style, operation, { count: 1, records: [record] });
}

function listPieces(
  context: CallContext,
  operation: ListOperation,
  parameters: Parameters,
): Iterable<Buffer> {
  const key = `${operation} ${JSON.stringify(parameters)}`;
  const known = context.cache.get(key);
  if (known !== undefined) {
    return known;
  }
  const answer = context.query(operation, parameters);
  if (answer.unencodable !== undefined) {
    throw new UnanswerableError(
      `SOAP-ERROR: Encoding: string '${answer.unencodable}\\xe9...' is not a valid utf-8 string`,
      { code: 'Server', outcome: 'encodingFault' },
    );
  }
  return context.cache.keep(key, renderAnswer(context.style, operation, answer));
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
  if (limit?.kind === 'bigAnswer' && body.length > limit.bytes && context.load.state().busy > 1) {
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
