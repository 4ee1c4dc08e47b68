import pg from 'pg';
import { RegistryError, type RegistryErrorKind } from './errors.js';

/**
 * The same store, whose methods throw RegistryError where the driver would
 * throw its own; other errors pass.
 *
 * @param name of the store, for messages
 */
export function translateErrors<T extends object>(name: string, store: T): T {
  const translated = Object.entries(store).map(([key, value]: [string, unknown]) => [
    key,
    typeof value === 'function' ? wrap(`${name}.${key}`, value as Method) : value,
  ]);
  return Object.fromEntries(translated) as T;
}

type Method = (...args: unknown[]) => unknown;

function wrap(operation: string, method: Method): Method {
  return (...args) => {
    const result = method(...args);
    if (!(result instanceof Promise) && !isThenable(result)) return result;
    return Promise.resolve(result).catch((error: unknown) => {
      throw translateError(operation, error);
    });
  };
}

/** Prisma's promises are not the language's own. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value;
}

/** The driver's error in our terms; any other as it is. */
export function translateError(operation: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const kindOfPg = kindOfPgError(error);
  if (kindOfPg !== undefined) return new RegistryError(kindOfPg, operation, codeOf(error));
  if (!/^(Prisma|DriverAdapter)/.test(error.name)) return error;
  const { code, meta, cause } = error as DriverError;
  const inner = meta?.driverAdapterError?.cause ?? (cause as InnerError | undefined);
  const state = inner?.originalCode ?? code;
  const kind =
    kindOfState(inner?.originalCode) ??
    KINDS[inner?.kind ?? ''] ??
    KINDS[code ?? ''] ??
    'statement';
  return new RegistryError(kind, operation, state);
}

/** What pg throws itself; Prisma passes some of it on. Undefined: it is not pg's. */
function kindOfPgError(error: Error): RegistryErrorKind | undefined {
  if (error instanceof pg.DatabaseError) return kindOfState(error.code) ?? 'statement';
  if ('syscall' in error || SOCKET_CODES.has(codeOf(error) ?? '')) return 'unreachable';
  if (error.name !== 'Error') return undefined;
  return SAID.find(([words]) => error.message.startsWith(words))?.[1];
}

/** Of the error of a name that has several addresses, none of which answers, there is the code alone. */
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE']);

/** Where pg says in words alone what it is. */
const SAID: readonly [words: string, RegistryErrorKind][] = [
  ['Connection terminated', 'unreachable'],
  ['Client has encountered a connection error', 'unreachable'],
  ['timeout exceeded when trying to connect', 'busy'],
];

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

interface InnerError {
  kind?: string;
  originalCode?: string;
}

interface DriverError {
  code?: string;
  meta?: { driverAdapterError?: { cause?: InnerError } };
  cause?: unknown;
}

/** By SQLSTATE (PostgreSQL documentation, appendix A), or its class. */
function kindOfState(state: string | undefined): RegistryErrorKind | undefined {
  if (state === undefined) return undefined;
  return STATES[state] ?? STATES[state.slice(0, 2)];
}

const STATES: Readonly<Record<string, RegistryErrorKind>> = {
  '08': 'unreachable',
  '57': 'unreachable',
  '58': 'unreachable',
  '40': 'busy', // deadlock, serialisation
  '53': 'busy',
  '53100': 'full',
  '55P03': 'busy',
  '28': 'refused_access',
  '3D000': 'refused_access',
  '42501': 'refused_access',
  '42P01': 'not_migrated',
  '42703': 'not_migrated',
  '42704': 'not_migrated',
  '42883': 'not_migrated',
  '3F000': 'not_migrated',
};

/** By the adapter's kinds and by Prisma's codes. */
const KINDS: Readonly<Record<string, RegistryErrorKind>> = {
  DatabaseNotReachable: 'unreachable',
  ConnectionClosed: 'unreachable',
  SocketTimeout: 'unreachable',
  TlsConnectionError: 'unreachable',
  TooManyConnections: 'busy',
  TransactionWriteConflict: 'busy',
  AuthenticationFailed: 'refused_access',
  DatabaseAccessDenied: 'refused_access',
  DatabaseDoesNotExist: 'refused_access',
  TableDoesNotExist: 'not_migrated',
  ColumnNotFound: 'not_migrated',
  P1001: 'unreachable',
  P1002: 'unreachable',
  P1008: 'unreachable',
  P1017: 'unreachable',
  P2024: 'busy',
  P2028: 'busy',
  P2034: 'busy',
};
