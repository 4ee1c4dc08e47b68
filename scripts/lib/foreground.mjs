import { spawn } from 'node:child_process';
import { root, ScriptError } from './run.mjs';

/**
 * Runs a program in the foreground, with our own standard streams, and waits
 * for it. A terminal's Ctrl-C reaches it directly; any other signal is passed on.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {Record<string, string>} [env] added to ours
 * @returns {Promise<number>} its exit status, 1 when a signal ended it
 */
export function spawnToEnd(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: 'inherit',
    });
    const pass = () => child.kill('SIGTERM');
    const interrupt = () => process.stdin.isTTY || pass();
    process.on('SIGINT', interrupt).on('SIGTERM', pass);
    child.once('error', (cause) => {
      reject(new ScriptError(`${command} could not be started: ${cause.message}`, { cause }));
    });
    child.once('close', (code) => {
      process.off('SIGINT', interrupt).off('SIGTERM', pass);
      resolve(code ?? 1);
    });
  });
}
