import { expect, test } from 'vitest';
import { EmbeddedDatabaseError, explainFailure } from './errors.js';

const failure = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each([
  [failure('ENOSPC', 'write'), 'the disk that holds /data/postgres is full'],
  [new Error('initdb: error: could not write: No space left on device'), 'is full'],
  [failure('EROFS', 'mkdir'), '/data/postgres cannot be written'],
  [failure('EACCES', 'open'), 'cannot be written'],
  [new Error('FATAL:  could not bind: Address already in use'), 'port is taken'],
  [new Error('FATAL:  could not create shared memory segment'), 'not enough memory'],
  [new Error('HINT:  Check free disk space.\ninitdb: removing contents'), 'is full'],
  [new Error('first\nFATAL:  something else\nlast'), 'something else. See /data/postgres'],
])('%s', (cause, expected) => {
  const error = explainFailure('start', '/data/postgres', cause);

  expect(error).toBeInstanceOf(EmbeddedDatabaseError);
  expect(error.message).toContain(expected);
  expect(error.message).toContain('DATABASE_URL');
});

test('what is a sentence already stays it', () => {
  const sentence = new EmbeddedDatabaseError('Do this.');

  expect(explainFailure('start', '/data', sentence)).toBe(sentence);
});
