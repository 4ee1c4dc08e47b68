import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCli } from '@passerelle/cli';
import { loadConfig } from '@passerelle/config';
import type { CommandResult } from '../support/cli.js';

/**
 * Carries out a command in this process: as `CommandRoom.run`, without a start
 * of a second each.
 */
export async function runInProcess(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<CommandResult> {
  const out = new PassThrough();
  const err = new PassThrough();
  const said = Promise.all([text(out), text(err)]);
  const code = await runCli(args, {
    terminal: { out, err, colour: false },
    signal: new AbortController().signal,
    readConfig: () => loadConfig(env, { cwd: '/' }),
  });
  out.end();
  err.end();
  const [stdout, stderr] = await said;
  return { code, stdout, stderr };
}
