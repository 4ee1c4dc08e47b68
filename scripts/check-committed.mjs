// Checks that what is committed would work elsewhere: no absolute path of a
// machine and no host of a package registry.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './lib/run.mjs';

const self = 'scripts/check-committed';
const longestText = 2_000_000;

const rules = [
  {
    pattern: /(?<![\w.:/-])\/(?:home|Users|work|workspaces?)\/[\w.-]+/,
    reason: 'an absolute path of somebody’s machine',
  },
  {
    pattern: /\bregistry(?:\.[a-z0-9-]+)+\.(?:org|com|io|net|dev|example)\b/i,
    reason: 'the host of a package registry',
  },
];

/**
 * @param {string} file its path below the root
 * @param {string} text
 * @param {string[]} ownPaths directories of this machine that no file may name
 * @returns {string[]} problems as `file:line reason`
 */
export function findProblems(file, text, ownPaths) {
  const patterns = [
    ...rules,
    ...ownPaths.map((path) => ({
      pattern: new RegExp(`(?<![\\w.-])${path.replace(/[^\w/]/g, '\\$&')}/`),
      reason: 'an absolute path of this machine',
    })),
  ];
  return text.split('\n').flatMap((line, index) => {
    const rule = patterns.find(({ pattern }) => pattern.test(line));
    return rule === undefined ? [] : [`${file}:${index + 1} holds ${rule.reason}`];
  });
}

function checkCommitted() {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' });
  const ownPaths = [resolve(root), homedir()].filter((path) => path.length > 1);
  return files
    .split('\0')
    .filter((file) => file !== '' && !file.startsWith(self))
    .flatMap((file) => findProblems(file, readText(join(root, file)), ownPaths));
}

/** Empty for what is no text, and for a file removed and not yet committed so. */
function readText(path) {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > longestText || text.includes('\0') ? '' : text;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return '';
    throw error;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = checkCommitted();
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
