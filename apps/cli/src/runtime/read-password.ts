import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Terminal } from '../output/terminal.js';

/** The first line of standard input; where that is a terminal it is asked for, and not shown. */
export async function readPassword({ input, err }: Terminal, question: string): Promise<string> {
  if (input === undefined) return '';
  const isTyped = input.isTTY === true;
  if (isTyped) err.write(question);
  const unseen = new Writable({ write: (_text, _encoding, done) => done() });
  const lines = createInterface({ input, output: unseen, terminal: isTyped });
  try {
    return await new Promise<string>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(''));
      // In raw mode the terminal sends a character instead of the signal.
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    });
  } finally {
    lines.close();
    if (isTyped) err.write('\n');
  }
}
