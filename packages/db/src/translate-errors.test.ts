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

test('a connection that broke in mid-statement is a registry that cannot be reached', () => {
  const broken = new Error('Connection terminated unexpectedly');
  expect(translateError('sourceState.take', broken)).toMatchObject({
    ...{ name: 'RegistryError', kind: 'unreachable', retryable: true },
  });
});
