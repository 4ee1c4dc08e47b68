// Debian packages that the tests need, installed where that is possible.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { hasProgram, run, ScriptError } from './run.mjs';

/**
 * Installs Debian packages, without starting the services in them.
 *
 * @param {string[]} packages
 * @param {string} request the sentence for whoever has to do it by hand
 * @throws {ScriptError} that ends with the request, where it cannot be done
 */
export async function installPackages(packages, request) {
  if (process.getuid?.() !== 0 || !hasProgram('apt-get')) throw new ScriptError(request);
  process.stderr.write(`Installing ${packages.join(' and ')} for the tests…\n`);
  await withoutServices(async () => {
    await aptGet(['update'], request);
    await aptGet(['install', '-y', '--no-install-recommends', ...packages], request);
  });
}

async function aptGet(args, request) {
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
