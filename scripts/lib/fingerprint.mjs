// A quick answer to "has anything changed since?": names, sizes and times of
// files, not their contents, so that asking costs a few milliseconds.
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * @param {string} root what the names in the fingerprint are relative to
 * @param {string[]} paths files and directories; missing ones are no error
 * @returns {string} changes whenever a file below is added, removed or written
 */
export function fingerprint(root, paths) {
  const hash = createHash('sha1');
  for (const path of paths) addPath(hash, root, join(root, path));
  return hash.digest('hex');
}

function addPath(hash, root, path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isFile()) hash.update(`${relative(root, path)}\0${stat.size}\0${stat.mtimeMs}\n`);
  if (!stat.isDirectory()) return;
  for (const name of readdirSync(path).sort()) {
    if (name !== 'generated' && !name.includes('.test.')) addPath(hash, root, join(path, name));
  }
}
