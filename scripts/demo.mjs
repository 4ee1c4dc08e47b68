// npm run demo: from a fresh clone to a synchronised centre. Everything it does
// itself is told on standard error; standard output is the command's.
// The command runs in this process, so that signals and the exit status are its own.
import { join } from 'node:path';
import { root, ScriptError } from './lib/run.mjs';
import { prepare } from './prepare.mjs';

try {
  await prepare({ install: true });
} catch (error) {
  if (!(error instanceof ScriptError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
process.argv.splice(1, 1, join(root, 'apps/cli/bin/passerelle.mjs'), 'demo');
await import('../apps/cli/dist/main.js');
