// Child processes of the scripts. What a tool says never reaches standard
// output, which belongs to the command being prepared (it may print JSON there).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's root directory. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A failure whose message is a sentence for the person at the terminal. */
export class ScriptError extends Error {}

/**
 * Runs a program to its end and keeps what it says.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ env?: Record<string, string>, live?: boolean }} options `live`: show
 *   the output on standard error as it comes, rather than keep it
 * @returns {Promise<{ code: number, output: string }>} `code` is 1 when a signal ended it
 */
export function run(command, args, { env = {}, live = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: live ? ['ignore', 2, 2] : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (cause) => {
      reject(new ScriptError(`${command} could not be started: ${cause.message}`, { cause }));
    });
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** As `run`, with the running Node and a script given relative to the root. */
export function runNode(script, args, options) {
  return run(process.execPath, [join(root, script), ...args], options);
}

/** As `run`, with the npm that called us, or the one on the PATH. */
export function runNpm(args, options) {
  const caller = process.env.npm_execpath;
  return caller?.endsWith('npm-cli.js')
    ? run(process.execPath, [caller, ...args], options)
    : run('npm', args, options);
}

/** Whether a program is on the PATH. */
export function hasProgram(name) {
  const directories = (process.env.PATH ?? '').split(delimiter);
  return directories.some((directory) => existsSync(join(directory, name)));
}
