const patterns = [
  /\b(?:import|export)\b[^'"`;()]*?\bfrom\s*(['"])(?<name>[^'"\n]+)\1/g,
  /\bimport\s*(['"])(?<name>[^'"\n]+)\1/g,
  /\b(?:import|require|require\.resolve|vi\.mock)\s*\(\s*(['"])(?<name>[^'"\n]+)\1/g,
];

/**
 * The modules a file names: imports, re-exports, dynamic imports and types.
 *
 * @param {string} source TypeScript or JavaScript
 * @returns {{ name: string, line: number }[]}
 */
export function findImports(source) {
  const code = blankComments(source);
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => ({
      name: match.groups.name,
      line: code.slice(0, match.index + match[0].length).split('\n').length,
    })),
  );
}

/** Comments become blanks; strings, which may look like comments, stay. */
function blankComments(source) {
  const token =
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return source.replace(token, (text) =>
    text.startsWith('/') ? text.replace(/[^\n]/g, ' ') : text,
  );
}
