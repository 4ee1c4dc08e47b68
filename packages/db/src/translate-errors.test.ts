import pg from 'pg';
import { expect, test } from 'vitest';
import { RegistryError } from './errors.js';
import { translateError, translateErrors } from './translate-errors.js';

/** An error as Prisma throws it. */
function prismaError(code: string, inner?: { kind: string; originalCode?: string }): Error {
  const meta = inner === undefined ? {} : { driverAdapterError: { cause: inner } };
  const error = new Error('invalid input syntax for type date: "canary"');
  error.name = 'PrismaClientKnownRequestError';
  return Object.assign(error, { code, meta });
}

type Row = [string, { kind: string; originalCode?: string } | undefined, string, boolean];

test.each<Row>([
  ['P2010', { kind: 'DatabaseNotReachable' }, 'unreachable', true],
  ['P2010', { kind: 'postgres', originalCode: '57P01' }, 'unreachable', true],
  ['P2010', { kind: 'postgres', originalCode: '53300' }, 'busy', true],
  ['P2010', { kind: 'postgres', originalCode: '53100' }, 'full', true],
  ['P2010', { kind: 'postgres', originalCode: '40P01' }, 'busy', true],
  ['P2028', undefined, 'busy', true],
  ['P1000', { kind: 'AuthenticationFailed', originalCode: '28P01' }, 'refused_access', false],
  ['P2021', { kind: 'TableDoesNotExist', originalCode: '42P01' }, 'not_migrated', false],
  ['P2010', { kind: 'postgres', originalCode: '22007' }, 'statement', false],
  ['P2025', undefined, 'statement', false],
])('%s %j is %s, without what the driver said', (code, inner, kind, retryable) => {
  const translated = translateError('runs.getRun', prismaError(code, inner));

  expect(translated).toBeInstanceOf(RegistryError);
  expect(translated).toMatchObject({ kind, retryable, code: inner?.originalCode ?? code });
  expect(String((translated as Error).stack)).not.toContain('canary');
  expect((translated as Error).message).toContain('runs.getRun');
});

test('a store’s methods translate, and let other errors, results and values pass', async () => {
  const own = new TypeError('ours');
  const store = translateErrors('things', {
    fail: () => Promise.reject(prismaError('P1001')),
    failOtherwise: () => Promise.reject(own),
    give: (n: number) => Promise.resolve(n + 1),
    count: () => 3,
  });

  await expect(store.fail()).rejects.toMatchObject({ kind: 'unreachable' });
  await expect(store.failOtherwise()).rejects.toBe(own);
  expect(await store.give(1)).toBe(2);
  expect(store.count()).toBe(3);
});

/** An error as pg throws it. */
function pgError(code: string): Error {
  return Object.assign(new pg.DatabaseError('canary', 6, 'error'), { code });
}

const said = (message: string): Error => new Error(message);

test.each<[string, Error, string, string | undefined]>([
  ['of a server that goes down', pgError('57P01'), 'unreachable', '57P01'],
  ['of a full disk', pgError('53100'), 'full', '53100'],
  ['of a missing table', pgError('42P01'), 'not_migrated', '42P01'],
  ['of a statement', pgError('22007'), 'statement', '22007'],
  [
    'of a port that nobody listens at',
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    ...(['unreachable', 'ECONNREFUSED'] as const),
  ],
  ['of a socket', Object.assign(said('canary'), { syscall: 'read' }), 'unreachable', undefined],
  [
    'of a connection that breaks in mid-statement',
    said('Connection terminated unexpectedly'),
    ...(['unreachable', undefined] as const),
  ],
  [
    'of a connection that is broken',
    said('Client has encountered a connection error and is not queryable'),
    ...(['unreachable', undefined] as const),
  ],
  [
    'of connections that are all in use',
    said('timeout exceeded when trying to connect'),
    ...(['busy', undefined] as const),
  ],
])('pg’s error %s, without what it said', (_what, error, kind, code) => {
  const translated = translateError('sourceState.take', error);

  expect(translated).toMatchObject({ name: 'RegistryError', kind, code });
  expect(String((translated as Error).stack)).not.toContain('canary');
});
