/**
 * A code, login or e-mail address as people search for it: no accents, ASCII letters
 * small, everything else as it is. `RENÉ_1` → `rene_1`. The registry's
 * `passerelle_fold` does the same (prisma/migrations, directory_search).
 */
export function foldHandle(handle: string): string {
  return handle
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
