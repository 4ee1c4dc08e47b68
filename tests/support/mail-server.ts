import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { endProcess } from './spawned.js';
import { untilTrue } from './patience.js';

const CHILD = fileURLToPath(new URL('smtp-child.mjs', import.meta.url));

const letter = z.object({ from: z.string(), to: z.array(z.string()), text: z.string() });

/** A letter as it went over the wire. */
export interface Letter {
  from: string;
  to: string[];
  /** Lines of the head, unfolded; encoded words are read. */
  head: Record<string, string>;
  body: string;
}

export interface MailServer {
  port: number;
  letters: Letter[];
  /** Waits until so many have arrived. */
  until(count: number): Promise<Letter[]>;
  stop(): Promise<void>;
}

/** Starts a real mail server in a process of its own; with user and password it wants both. */
export async function startMailServer(
  login?: Readonly<{ user: string; password: string }>,
): Promise<MailServer> {
  const args = login === undefined ? [] : [login.user, login.password];
  const child = fork(CHILD, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const [first] = (await once(child, 'message')) as [unknown];
  const { port } = z.object({ port: z.int() }).parse(first);
  const letters: Letter[] = [];
  child.on('message', (sent) => letters.push(readLetter(letter.parse(sent))));
  return {
    ...{ port, letters },
    until: (count) => untilTrue(() => letters.length >= count && letters),
    stop: () => endProcess(child, 'SIGTERM'),
  };
}

function readLetter({ from, to, text }: z.infer<typeof letter>): Letter {
  const end = text.indexOf('\r\n\r\n');
  const lines = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const head = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon).toLowerCase(), readWords(line.slice(colon + 2))];
    }),
  );
  const raw = text.slice(end + 4);
  const encoding = head['content-transfer-encoding'];
  return {
    from,
    to,
    head,
    body: encoding === 'base64' ? fromBase64(raw) : fromQuoted(raw, encoding),
  };
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString();

function fromQuoted(text: string, encoding: string | undefined): string {
  return encoding === 'quoted-printable' ? fromHex(text.replaceAll('=\r\n', ''), '=') : text;
}

/** RFC 2047: `=?UTF-8?Q?…?=`, and nothing between two that follow each other. */
function readWords(line: string): string {
  return line
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_word, kind: string, text: string) =>
      kind.toLowerCase() === 'b' ? fromBase64(text) : fromHex(text.replaceAll('_', ' '), '='),
    );
}

function fromHex(text: string, sign: string): string {
  const bytes: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === sign) {
      bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    } else bytes.push(...Buffer.from(text[at] ?? ''));
  }
  return Buffer.from(bytes).toString();
}
