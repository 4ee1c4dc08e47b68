import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Never part of a context here, and long to walk through. */
const NEVER = new Set(['node_modules', '.git']);

/** Copies what Docker would be sent: everything but what .dockerignore names. */
export async function copyBuildContext(from: string, to: string): Promise<string[]> {
  const isIgnored = parseDockerignore(await readFile(join(from, '.dockerignore'), 'utf8'));
  const files = (await listFiles(from, '')).filter((path) => !isIgnored(path));
  for (const path of files) {
    await mkdir(dirname(join(to, path)), { recursive: true });
    await cp(join(from, path), join(to, path), { preserveTimestamps: true });
  }
  return files;
}

/** Docker's rules: the last pattern that matches a path, or a directory above it, decides. */
function parseDockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ keeps: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.keeps === false;
}

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*/g, (stars) => (stars === '*' ? '[^/]*' : '(?:.*/)?'));
  return new RegExp(`^${source}(?:/.*)?$`);
}

async function listFiles(root: string, path: string): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true });
  const found = await Promise.all(
    entries
      .filter(({ name }) => !NEVER.has(name))
      .map(async (entry) => {
        const inner = path === '' ? entry.name : `${path}/${entry.name}`;
        if (entry.isDirectory()) return listFiles(root, inner);
        return entry.isFile() ? [inner] : [];
      }),
  );
  return found.flat();
}
