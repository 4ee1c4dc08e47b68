// The browser tests need a Chromium; playwright-core brings none along.
import { existsSync } from 'node:fs';
import { installPackages } from './apt.mjs';
import { hasProgram, ScriptError } from './run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const request =
  'The tests need Chromium and could not install it. On Debian: sudo apt-get install chromium; ' +
  'elsewhere install Chromium or Chrome, and say where by CHROMIUM=/path/of/the/program.';

/**
 * Makes sure that there is a Chromium or Chrome: where CHROMIUM says, or on the
 * PATH; installs Debian's where that is possible.
 *
 * @throws {ScriptError} with a sentence that says how to install it
 */
export async function ensureChromium() {
  const { CHROMIUM: chosen } = process.env;
  if (chosen) {
    if (existsSync(chosen)) return;
    throw new ScriptError(`CHROMIUM names ${chosen}, where there is no program.`);
  }
  if (names.some(hasProgram)) return;
  await installPackages(['chromium'], request);
  if (!hasProgram('chromium')) throw new ScriptError(request);
}
