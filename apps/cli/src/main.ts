import { runCli } from './run-cli.js';
import { listenForSignals } from './runtime/signals.js';
import type { Terminal } from './output/terminal.js';

const { stdout, stderr } = process;
const terminal: Terminal = {
  out: stdout,
  err: stderr,
  colour: stdout.isTTY === true && stdout.hasColors(),
};

// A reader that has seen enough (`| head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCli(process.argv.slice(2), {
  terminal,
  signal: listenForSignals(terminal),
});
