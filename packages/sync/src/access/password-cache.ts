import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import pLimit from 'p-limit';
import type { LoginPerson, LoginVerifierStore } from '../ports/logins.js';

/** Passwords that were good a short while ago, for the time the source is away. */
export interface PasswordCache {
  /** Remembers what the source said yes to, in place of what it said yes to before. */
  keep(person: LoginPerson, password: string): Promise<void>;
  /** The source said no: forgets the password if it is the one that is remembered. */
  forget(person: LoginPerson | null, password: string): Promise<void>;
  /** Whether it is the one remembered; takes as long for people of whom nothing is. */
  fits(person: LoginPerson | null, password: string): Promise<boolean>;
}

/** As OWASP's cheat sheet on password storage advises: 32 MB, three times over. */
const SCRYPT = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1_024 * 1_024 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** Each takes a thread of its own for some tenths of a second. */
const AT_ONCE = 2;

/**
 * Salted scrypt hashes, one a person, for some hours.
 * @param hours how long one is good for
 */
export function createPasswordCache(store: LoginVerifierStore, hours: number): PasswordCache {
  const turns = pLimit(AT_ONCE);
  const hash = (password: string, salt: string): Promise<Buffer> =>
    turns(() => hashPassword(password, salt));

  const find = async (person: LoginPerson | null, password: string) => {
    const verifier = person === null ? null : await store.getVerifier(person.id, hours);
    const { salt, hash: expected } = verifier ?? { salt: newSalt(), hash: null };
    const found = await hash(password, salt);
    const fits = expected !== null && timingSafeEqual(found, Buffer.from(expected, 'hex'));
    return { verifier, fits };
  };

  return {
    keep: async ({ id }, password) => {
      const salt = newSalt();
      const hashed = (await hash(password, salt)).toString('hex');
      await store.putVerifier(id, { salt, hash: hashed }, hours);
    },
    forget: async (person, password) => {
      const { verifier, fits } = await find(person, password);
      if (person !== null && verifier !== null && fits) {
        await store.removeVerifier(person.id, verifier);
      }
    },
    fits: async (person, password) => (await find(person, password)).fits,
  };
}

function newSalt(): string {
  return randomBytes(SALT_BYTES).toString('hex');
}

function hashPassword(password: string, salt: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(
      password.normalize('NFC'),
      Buffer.from(salt, 'hex'),
      HASH_BYTES,
      SCRYPT,
      (error, hash) => (error === null ? resolve(hash) : reject(error)),
    );
  });
}
