import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';

/** A stream of the terminal; `isTTY` where a person watches it. */
export type Output = Writable & { isTTY?: boolean; columns?: number };

/** Where a command writes: answers on standard output, all else on standard error. */
export interface Terminal {
  out: Output;
  err: Output;
  /** Where a password is typed; nothing where a command is not to ask. */
  input?: Readable & { isTTY?: boolean };
  /** Whether answers may be coloured. */
  colour: boolean;
  /** The user's locale, such as `fr-FR`; English where it is not known. */
  locale?: string;
}

/** Prints a line of the answer. */
export function say(terminal: Terminal, text: string): void {
  terminal.out.write(`${text}\n`);
}

/** Prints a line about what is going on. */
export function note(terminal: Terminal, text: string): void {
  terminal.err.write(`${text}\n`);
}

/** Prints the one JSON document of an answer. */
export function sayJson(terminal: Terminal, document: unknown): void {
  const indent = terminal.out.isTTY === true ? 2 : undefined;
  terminal.out.write(`${JSON.stringify(document, null, indent)}\n`);
}

/** Prints a piece of a long answer, at the pace at which it is read. */
export async function sayPiece(terminal: Terminal, text: string): Promise<void> {
  if (!terminal.out.write(text)) await once(terminal.out, 'drain');
}
