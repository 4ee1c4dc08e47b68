// Checks every import and every declared dependency against the arrows of
// scripts/lib/arrow-rules.mjs. Usage: node scripts/check-arrows.mjs
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuseArrow, refuseVendor } from './lib/arrow-rules.mjs';
import { findImports } from './lib/find-imports.mjs';
import { root } from './lib/run.mjs';

const scope = '@passerelle/';

/**
 * @param {string} directory the root of a checkout
 * @returns {{ problems: string[], files: number }} problems as `file:line reason`
 */
export function checkArrows(directory) {
  const workspaces = ['packages', 'apps'].flatMap((parent) => readWorkspaces(directory, parent));
  const sources = [
    ...workspaces.flatMap((workspace) =>
      listSources(join(workspace.path, 'src')).map((file) => ({ file, workspace })),
    ),
    ...listSources(join(directory, 'tests')).map((file) => ({ file, workspace: undefined })),
  ];
  const problems = [
    ...workspaces.flatMap(checkManifest),
    ...sources.flatMap(({ file, workspace }) => checkFile(directory, file, workspace)),
  ];
  return {
    problems: problems.map(
      ({ file, line, reason }) => `${relative(directory, file)}:${line} ${reason}`,
    ),
    files: sources.length,
  };
}

function readWorkspaces(directory, parent) {
  return listDirectory(join(directory, parent))
    .map((name) => join(directory, parent, name))
    .filter((path) => existsSync(join(path, 'package.json')))
    .map((path) => {
      const text = readFileSync(join(path, 'package.json'), 'utf8');
      const manifest = JSON.parse(text);
      const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
      const declared = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
      return { name: basename(path), path, text, declared };
    });
}

function listSources(path) {
  return listDirectory(path, { recursive: true })
    .map((name) => join(path, name))
    .filter((file) => /\.(ts|tsx|mts|mjs)$/.test(file) && !file.includes(`${sep}generated${sep}`));
}

function listDirectory(path, options = {}) {
  return existsSync(path) ? readdirSync(path, options) : [];
}

function checkManifest({ name, path, text, declared }) {
  const file = join(path, 'package.json');
  return declared.flatMap((dependency) => {
    const reason = refuse(name, dependency);
    const before = text.slice(0, text.indexOf(`"${dependency}":`));
    return reason === undefined
      ? []
      : [{ file, line: before.split('\n').length, reason: `${dependency}: ${reason}` }];
  });
}

function checkFile(directory, file, workspace) {
  return findImports(readFileSync(file, 'utf8')).flatMap(({ name, line }) => {
    const reason = name.startsWith('.')
      ? refuseRelative(directory, file, name, workspace)
      : refusePackage(name, workspace);
    return reason === undefined ? [] : [{ file, line, reason: `${name}: ${reason}` }];
  });
}

function refuseRelative(directory, file, name, workspace) {
  const target = resolve(file, '..', name);
  const home = workspace?.path ?? join(directory, 'tests');
  if (target.startsWith(home + sep)) return undefined;
  return target.startsWith(join(directory, 'tests') + sep)
    ? 'nothing imports tests/'
    : 'the files of another package are reached through its index only';
}

function refusePackage(name, workspace) {
  if (name.startsWith(scope) && name.split('/').length > 2) {
    return 'a package is imported through its index only';
  }
  if (workspace === undefined) return undefined;
  const isUndeclared = name.startsWith(scope) && !workspace.declared.includes(name);
  return (
    refuse(workspace.name, name) ??
    (isUndeclared ? 'it is not among the dependencies in package.json' : undefined)
  );
}

function refuse(from, dependency) {
  if (!dependency.startsWith(scope)) return refuseVendor(from, vendorOf(dependency));
  const to = dependency.slice(scope.length);
  return to === from ? 'a package imports its own files relatively' : refuseArrow(from, to);
}

/** `@prisma/client/runtime` and `pg/lib/x` belong to `@prisma/client` and `pg`. */
function vendorOf(name) {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { problems, files } = checkArrows(resolve(root));
  for (const problem of problems) console.error(problem);
  console.log(`${files} files, ${problems.length} wrong arrows`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
