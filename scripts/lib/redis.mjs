// The tests start Redis servers of their own and need the program only.
import { installPackages } from './apt.mjs';
import { hasProgram, ScriptError } from './run.mjs';

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
  await installPackages(['redis-server'], request);
  if (!hasProgram('redis-server')) throw new ScriptError(request);
}
