import { type CallPurpose, SourceError } from '@passerelle/sync';
import type { SignInContract } from '../contract/schema.js';
import { fillParameters, fillTemplate, type ParameterValue } from '../contract/template.js';
import { splitPath } from '../decode/filter.js';
import { lookUp, type Value } from '../decode/tree.js';
import type { SeenPath } from '../structure.js';
import { mismatchedAnswer } from './errors.js';
import type { Signature } from './soap-client.js';

export interface Credentials {
  username?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
}

/** For whom a session is opened. */
export interface Signer {
  purpose: CallPurpose;
  opensPart?: boolean;
  signal: AbortSignal;
}

/** Signs calls as the contract says. */
export interface SignIn {
  /** What to sign a call with; a session is opened or taken up as needed. */
  sign(signer: Signer): Promise<Signature>;
  /** The server says that this signature's session is over. Is there a point in signing anew? */
  renew(used: Signature): boolean;
}

/** Calls the sign-in operation and reads its answer at the given paths. */
export type SignInCall = (
  operation: string,
  parameters: Record<string, ParameterValue>,
  paths: readonly string[],
  signer: Signer,
) => Promise<{ values: Value; structure(): SeenPath[] }>;

export function createSignIn(
  signIn: SignInContract,
  credentials: Credentials,
  now: () => number,
  call: SignInCall,
): SignIn {
  if (signIn.method === 'operation') return createSession(signIn, credentials, now, call);
  const signature = staticSignature(signIn, credentials);
  return { sign: () => Promise.resolve(signature), renew: () => false };
}

type SessionContract = Extract<SignInContract, { method: 'operation' }>;

function staticSignature(
  signIn: Exclude<SignInContract, SessionContract>,
  credentials: Credentials,
): Signature {
  const { username, password } = credentials;
  switch (signIn.method) {
    case 'none':
      return {};
    case 'parameter':
      return { parameters: fillParameters(signIn.parameters, valuesOf(credentials)) };
    case 'header':
      return { headers: fillHeaders(signIn.headers, valuesOf(credentials)) };
    case 'basic':
      return username === undefined ? {} : { headers: basicHeader(username, password ?? '') };
    case 'wsSecurity':
      return {
        security: {
          username: username ?? '',
          password: password ?? '',
          type: signIn.password ?? 'text',
          timestamp: signIn.timestamp ?? false,
        },
      };
  }
}

function basicHeader(username: string, password: string): Record<string, string> {
  const token = Buffer.from(`${username}:${password}`, 'utf8').toString('base64');
  return { authorization: `Basic ${token}` };
}

function valuesOf({ username, password, token }: Credentials) {
  return {
    'credentials.username': username,
    'credentials.password': password,
    'credentials.token': token,
  };
}

function fillHeaders(
  templates: Record<string, string>,
  values: Record<string, string | undefined>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(templates).flatMap(([name, template]) => {
      const value = fillTemplate(template, values);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

interface Session {
  signature: Signature;
  endsAtMs: number;
}

/**
 * A token from a login operation: shared by all calls, opened once however many
 * ask, renewed in time. Only calls of one purpose wait for each other's opening:
 * a login must not stand behind bulk reading in the gate.
 */
function createSession(
  contract: SessionContract,
  credentials: Credentials,
  now: () => number,
  call: SignInCall,
): SignIn {
  let session: Session | undefined;
  const openings = new Map<CallPurpose, Promise<Session>>();

  const open = async (signer: Signer): Promise<Session> => {
    const opening = openSession(contract, credentials, now, call, signer);
    openings.set(signer.purpose, opening);
    try {
      session = await opening;
      return session;
    } finally {
      openings.delete(signer.purpose);
    }
  };

  return {
    async sign(signer) {
      for (;;) {
        if (session !== undefined && session.endsAtMs > now()) return session.signature;
        const opening = openings.get(signer.purpose);
        if (opening === undefined) return (await open(signer)).signature;
        // Another call's sign-in may end by that call being aborted: then this one makes its own.
        const others = await opening.catch(keepRefusal);
        if (others !== undefined) return others.signature;
        signer.signal.throwIfAborted();
      }
    },
    renew(used) {
      if (session?.signature === used) session = undefined;
      return true;
    },
  };
}

/**
 * A sign-in that was refused is refused for all who wait: asking on would lock the
 * account. One that the gate did not let pass was not made, and may yet be for another.
 */
function keepRefusal(error: unknown): undefined {
  if (error instanceof SourceError && error.kind !== 'resting') throw error;
}

async function openSession(
  contract: SessionContract,
  credentials: Credentials,
  now: () => number,
  call: SignInCall,
  signer: Signer,
): Promise<Session> {
  const { operation, validSeconds, token: tokenPath } = contract;
  const paths = typeof validSeconds === 'string' ? [tokenPath, validSeconds] : [tokenPath];
  const parameters = fillParameters(contract.parameters ?? {}, valuesOf(credentials));
  const startedAt = now();
  const { values, structure } = await call(operation, parameters, paths, signer);
  const missing = (what: string) => mismatchedAnswer(operation, what, structure());
  const token = textAt(values, tokenPath);
  if (token === '') throw missing(`there is no token at ${tokenPath} (signIn.token)`);
  const seconds =
    typeof validSeconds === 'string' ? Number(textAt(values, validSeconds)) : validSeconds;
  if (seconds !== undefined && !(seconds > 0)) {
    throw missing(`there is no number of seconds at ${String(validSeconds)}`);
  }
  // A tenth early, so that no call begins with a token that ends on its way.
  const endsAtMs = seconds === undefined ? Number.POSITIVE_INFINITY : startedAt + seconds * 900;
  return { signature: passOn(contract, token), endsAtMs };
}

function textAt(answer: Value, path: string): string {
  const found = lookUp(answer, splitPath(path));
  return typeof found === 'string' ? found.trim() : '';
}

function passOn({ passOn: target }: SessionContract, token: string): Signature {
  if ('parameter' in target) return { parameters: { [target.parameter]: token } };
  if ('soapHeader' in target) {
    return { soapHeader: { name: target.soapHeader, namespace: target.namespace, value: token } };
  }
  const template = target.value ?? '{{session.token}}';
  return { headers: fillHeaders({ [target.header]: template }, { 'session.token': token }) };
}
