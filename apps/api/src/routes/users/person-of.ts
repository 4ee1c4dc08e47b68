import { cleanText, type UserKind } from '@passerelle/roster';
import { nobody, splitRef } from './find-user.js';

/** `student:1234` as a person who need not be in the registry. */
export function personOf(ref: string): { kind: UserKind; code: string } {
  const exact = splitRef(ref);
  const code = exact === null ? null : cleanText(exact.codeOrLogin);
  if (exact === null || code === null) throw nobody();
  return { kind: exact.kind, code };
}
