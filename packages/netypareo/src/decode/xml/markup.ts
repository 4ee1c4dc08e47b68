import { areCharacters, BANG, GREATER, isName, QUESTION } from './characters.js';
import { NotWellFormed } from './not-well-formed.js';

/** A piece of markup that is no tag. */
export type Markup =
  | { kind: 'ignored'; end: number }
  | { kind: 'cdata'; from: number; to: number; end: number }
  | { kind: 'doctype' };

const COMMENT = Buffer.from('<!--');
const CDATA = Buffer.from('<![CDATA[');
const DOCTYPE = Buffer.from('<!DOCTYPE');

const SPACE = '[ \\t\\r\\n]';
const equals = `${SPACE}*=${SPACE}*`;
const DECLARATION = new RegExp(
  [
    `^xml${SPACE}+version${equals}(["'])1\\.[0-9]+\\1`,
    `(?:${SPACE}+encoding${equals}(["'])[A-Za-z][A-Za-z0-9._-]*\\2)?`,
    `(?:${SPACE}+standalone${equals}(["'])(?:yes|no)\\3)?${SPACE}*$`,
  ].join(''),
);
const TARGET = /^[^ \t\r\n]*/;

/** Does `<!` or `<?` stand here? */
export function isMarkup(bytes: Uint8Array, at: number): boolean {
  return bytes[at + 1] === BANG || bytes[at + 1] === QUESTION;
}

/**
 * Reads a comment, a processing instruction, the XML declaration or a CDATA section.
 *
 * @param isFirst nothing stands before it, so that it may be the declaration
 * @returns null if it goes on beyond the end
 * @throws NotWellFormed
 */
export function readMarkup(
  bytes: Buffer,
  at: number,
  end: number,
  isFirst: boolean,
): Markup | null {
  if (bytes[at + 1] === QUESTION) return readInstruction(bytes, at, end, isFirst);
  if (begins(bytes, at, end, COMMENT)) return readComment(bytes, at, end);
  if (begins(bytes, at, end, CDATA)) return readCdata(bytes, at, end);
  if (begins(bytes, at, end, DOCTYPE)) return { kind: 'doctype' };
  const isCut = [COMMENT, CDATA, DOCTYPE].some(
    (opening) => end - at < opening.length && begins(opening, 0, end - at, bytes.subarray(at, end)),
  );
  if (isCut) return null;
  throw new NotWellFormed();
}

function begins(bytes: Buffer, at: number, end: number, opening: Buffer): boolean {
  const to = at + opening.length;
  return to <= end && bytes.compare(opening, 0, opening.length, at, to) === 0;
}

function readComment(bytes: Buffer, at: number, end: number): Markup | null {
  const from = at + COMMENT.length;
  const dashes = find(bytes, '--', from, end);
  if (dashes === null || dashes + 2 === end) return null;
  if (bytes[dashes + 2] !== GREATER) throw new NotWellFormed();
  return ignore(bytes, from, dashes, dashes + 3);
}

function readCdata(bytes: Buffer, at: number, end: number): Markup | null {
  const from = at + CDATA.length;
  const to = find(bytes, ']]>', from, end);
  if (to === null) return null;
  if (!areCharacters(bytes, from, to)) throw new NotWellFormed();
  return { kind: 'cdata', from, to, end: to + 3 };
}

function readInstruction(bytes: Buffer, at: number, end: number, isFirst: boolean): Markup | null {
  const to = find(bytes, '?>', at + 2, end);
  if (to === null) return null;
  const content = bytes.toString('utf8', at + 2, to);
  const target = TARGET.exec(content)?.[0] ?? '';
  const isAllowed =
    target.toLowerCase() === 'xml'
      ? target === 'xml' && isFirst && DECLARATION.test(content)
      : isName(target);
  if (!isAllowed) throw new NotWellFormed();
  return ignore(bytes, at + 2, to, to + 2);
}

function ignore(bytes: Buffer, from: number, to: number, end: number): Markup {
  if (!areCharacters(bytes, from, to)) throw new NotWellFormed();
  return { kind: 'ignored', end };
}

function find(bytes: Buffer, text: string, from: number, end: number): number | null {
  const at = bytes.indexOf(text, from);
  return at === -1 || at + text.length > end ? null : at;
}
