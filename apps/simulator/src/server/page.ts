import type { Parameters } from './query.js';
import { UnanswerableError } from './unanswerable.js';

/**
 * The page of a list that `debut` and `nombre` ask for; the whole list without them.
 * @throws UnanswerableError where one is no number
 */
export function pageOf<T>(rows: readonly T[], { debut, nombre }: Parameters): readonly T[] {
  const from = readCount('debut', debut) ?? 0;
  const size = readCount('nombre', nombre) ?? rows.length;
  return from === 0 && size >= rows.length ? rows : rows.slice(from, from + size);
}

function readCount(name: string, text = ''): number | null {
  if (text.trim() === '') {
    return null;
  }
  if (!/^\d{1,9}$/.test(text.trim())) {
    throw new UnanswerableError(`Paramètre ${name} invalide : un nombre entier est attendu.`, {
      code: 'Client',
      outcome: 'refused',
    });
  }
  return Number(text);
}
