/**
 * The candidate a mistyped name most likely stands for, if one is near enough:
 * the smaller of two edits and a third of the name's length, at least one.
 */
export function suggestName(name: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.min(3, Math.floor(name.length / 3)));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best !== undefined && best.distance <= limit) return best.candidate;
  const within = candidates.filter((candidate) => candidate.includes(name.toLowerCase()));
  return name.length >= 3 && within.length === 1 ? within[0] : undefined;
}

/** Sentence for an unknown name: what was given, what is near, what there is. */
export function unknownName(what: string, name: string, candidates: readonly string[]): string {
  const near = suggestName(name, candidates);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `There is no ${what} "${name}".${hint} Expected one of: ${candidates.join(', ')}.`;
}

/** Levenshtein's distance. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, left] of [...a].entries()) {
    const current = [row + 1];
    for (const [column, right] of [...b].entries()) {
      const replace = (previous[column] ?? 0) + (left === right ? 0 : 1);
      const remove = (previous[column + 1] ?? 0) + 1;
      const insert = (current[column] ?? 0) + 1;
      current.push(Math.min(replace, remove, insert));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
