import { describe, expect, it } from 'vitest';
import { networkError } from './network-errors.js';

const failure = (code: string) => networkError('getX', Object.assign(new Error(), { code }));

describe('networkError', () => {
  it.each([
    ['ECONNREFUSED', 'unreachable', true, 'refused_connection'],
    ['EHOSTUNREACH', 'unreachable', true, 'refused_connection'],
    ['ETIMEDOUT', 'unreachable', true, 'timeout'],
    // A name that does not resolve says nothing of the server.
    ['ENOTFOUND', 'unreachable', false, undefined],
    ['EAI_AGAIN', 'unreachable', true, undefined],
    ['CERT_HAS_EXPIRED', 'unreachable', false, undefined],
    ['EPROTO', 'unreachable', false, undefined],
    ['ECONNRESET', 'overloaded', true, 'reset'],
    ['EPIPE', 'overloaded', true, 'reset'],
    ['HPE_INVALID_CONSTANT', 'overloaded', true, 'reset'],
    ['Z_BUF_ERROR', 'overloaded', true, 'cut_off'],
  ])('takes %s for %s', (code, kind, retryable, overload) => {
    const error = failure(code);
    expect(error).toMatchObject({ kind, retryable });
    expect(error.overload).toBe(overload);
    expect(error.message).toContain(code);
  });
});
