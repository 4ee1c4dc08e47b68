// The contract tests read a server on PHP's own SoapServer.
import { installPackages } from './apt.mjs';
import { hasProgram, run, ScriptError } from './run.mjs';

const request =
  'The tests need PHP with its soap extension and could not install it. ' +
  'On Debian or Ubuntu: sudo apt-get install php-cli php-soap; on macOS: brew install php.';

/**
 * Makes sure that there is a `php` with SoapServer; installs Debian's where
 * that is possible.
 *
 * @throws {ScriptError} with a sentence that says how to install it
 */
export async function ensurePhp() {
  if (await hasSoap()) return;
  await installPackages(['php-cli', 'php-soap'], request);
  if (!(await hasSoap())) throw new ScriptError(request);
}

async function hasSoap() {
  if (!hasProgram('php')) return false;
  const { output } = await run('php', ['-m']);
  return /^soap$/m.test(output);
}
