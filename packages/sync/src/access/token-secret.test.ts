import { describe, expect, it } from 'vitest';
import { hashSecret, mintSecret, parseToken, tokenText } from './token-secret.js';

describe('a token', () => {
  it('is found again by what its owner was shown', () => {
    const { secret, hash } = mintSecret();

    expect(parseToken(tokenText(7, secret))).toEqual({ id: 7, hash });
    expect(hash).toBe(hashSecret(secret));
    expect(hash).not.toContain(secret);
  });

  it.each([
    '',
    'psr_',
    'psr_1_short',
    'psr_x_aaaaaaaaaaaaaaaaaaaaaaaa',
    ' psr_1_aaaaaaaaaaaaaaaaaaaaaaaa',
  ])('is not "%s"', (text) => {
    expect(parseToken(text)).toBeNull();
  });
});
