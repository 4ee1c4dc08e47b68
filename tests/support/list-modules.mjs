// What a process loads: with `--import` of this file, names of files and URLs are written
// to LOADED_MODULES_FILE, one a line; those that came by `require` at the process's end.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

const file = process.env.LOADED_MODULES_FILE;

/** Node asks it, on a thread of its own, for whatever is imported. */
export async function load(url, context, next) {
  appendFileSync(file, `${url}\n`);
  return next(url, context);
}

if (isMainThread) {
  register(import.meta.url);
  process.on('exit', () => {
    const required = Object.keys(createRequire(import.meta.url).cache);
    appendFileSync(file, required.map((path) => `${path}\n`).join(''));
  });
}
