// The tests start Redis servers of their own and need the program only.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hasProgram, run, ScriptError } from './run.mjs';

const request =
  'The tests need redis-server and could not install it. ' +
  'On Debian or Ubuntu: sudo apt-get install redis-server; on macOS: brew install redis.';

/**
 * Makes sure that redis-server is on the PATH; installs Debian's where that is
 * possible, without starting the service.
 *
 * @throws {ScriptError} with a sentence that says how to install it
 */
export async function ensureRedis() {
  if (hasProgram('redis-server')) return;
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) throw new ScriptError(request);
  process.stderr.write('Installing redis-server for the tests…\n');
  await withoutServices(async () => {
    await aptGet('update');
    await aptGet('install', '-y', '--no-install-recommends', 'redis-server');
  });
  if (!hasProgram('redis-server')) throw new ScriptError(request);
}

async function aptGet(...args) {
  const options = ['-q', '-o', 'DPkg::Lock::Timeout=120'];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const { code } = await run('apt-get', [...options, ...args], { env, live: true });
  if (code !== 0) throw new ScriptError(`apt-get ${args[0]} failed (see above). ${request}`);
}

/** Debian asks this file before it starts a freshly installed service; 101 forbids it. */
async function withoutServices(work) {
  const policy = '/usr/sbin/policy-rc.d';
  if (existsSync(policy)) return work();
  const remove = () => rmSync(policy, { force: true });
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  process.once('exit', remove);
  try {
    return await work();
  } finally {
    remove();
    process.off('exit', remove);
  }
}
