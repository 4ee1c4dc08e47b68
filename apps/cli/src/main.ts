import { runCli } from './run-cli.js';
import { listenForSignals } from './runtime/signals.js';
import type { Terminal } from './output/terminal.js';

const { stdin, stdout, stderr } = process;
const terminal: Terminal = {
  out: stdout,
  err: stderr,
  get input() {
    return stdin;
  },
  colour: stdout.isTTY && stdout.hasColors(),
  // From LC_ALL, LC_MESSAGES or LANG.
  locale: Intl.DateTimeFormat().resolvedOptions().locale,
};

// A reader that has seen enough (`| head`) is no error.
stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

/** What a forgotten handle may delay the end by, after everything was closed in order. */
const LINGER_MS = 3_000;

process.exitCode = await runCli(process.argv.slice(2), {
  terminal,
  signal: listenForSignals(terminal),
});
setTimeout(() => process.exit(), LINGER_MS).unref();
