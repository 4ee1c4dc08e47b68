import { createHash, randomBytes } from 'node:crypto';

const BYTES = 32;
const SHAPE = /^psr_(\d{1,9})_([\w-]{20,200})$/;

/** A new secret of 43 characters, of a token or a link, and the hash under which it is stored. */
export function mintSecret(): { secret: string; hash: string } {
  const secret = randomBytes(BYTES).toString('base64url');
  return { secret, hash: hashSecret(secret) };
}

/** A token as its owner is shown it, once. */
export function tokenText(id: number, secret: string): string {
  return `psr_${id}_${secret}`;
}

/** What a token's text says; null: it is none. */
export function parseToken(text: string): { id: number; hash: string } | null {
  const [, id, secret] = SHAPE.exec(text) ?? [];
  return id === undefined || secret === undefined
    ? null
    : { id: Number(id), hash: hashSecret(secret) };
}

/**
 * The hash under which a secret of ours is stored: SHA-256, in hexadecimal. Enough,
 * since such a secret is 256 random bits that nobody chose.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
