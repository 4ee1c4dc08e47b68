import { createEncodedRenderer } from '../wire/encoded.js';
import { createLiteralRenderer } from '../wire/literal.js';
import { isOperationName, type OperationName, OPERATIONS } from '../wire/schema.js';
import type { Style } from '../wire/style.js';
import { escapeXml } from '../wire/value.js';
import type { Answer } from './query.js';

const CHUNK_CHARACTERS = 60_000;

/** Renders an answer in pieces of some 60 kB. */
export function* renderAnswer(
  style: Style,
  operation: OperationName,
  answer: Answer,
): Generator<Buffer> {
  const create = style === 'literal' ? createLiteralRenderer : createEncodedRenderer;
  const renderer = create(operation);
  let text = renderer.head(answer.count);
  for (const record of answer.records) {
    text += renderer.record(record);
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text + renderer.tail());
}

/** A SOAP Fault. */
export function renderFault(code: string, sentence: string): Buffer {
  return Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
      '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>' +
      `<SOAP-ENV:Fault><faultcode>SOAP-ENV:${code}</faultcode><faultstring>${escapeXml(sentence)}</faultstring>` +
      '</SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>\n',
  );
}

/** nginx's page for a status. */
export function nginxPage(status: string): Buffer {
  return Buffer.from(
    `<html>\r\n<head><title>${status}</title></head>\r\n<body>\r\n<center><h1>${status}</h1></center>\r\n` +
      '<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n',
  );
}

/** Answers already rendered, up to a number of bytes; the oldest go first. */
export interface AnswerCache {
  get(key: string): readonly Buffer[] | undefined;
  /** Passes the pieces on and keeps them once all are there. */
  keep(key: string, pieces: Iterable<Buffer>): Generator<Buffer>;
  clear(): void;
}

/** Makes an empty cache. */
export function createAnswerCache(maxBytes: number): AnswerCache {
  const entries = new Map<string, { pieces: Buffer[]; bytes: number }>();
  let total = 0;
  const store = (key: string, pieces: Buffer[], bytes: number): void => {
    for (const [oldKey, old] of entries) {
      if (total + bytes <= maxBytes && oldKey !== key) {
        break;
      }
      entries.delete(oldKey);
      total -= old.bytes;
    }
    entries.set(key, { pieces, bytes });
    total += bytes;
  };
  return {
    get: (key) => entries.get(key)?.pieces,
    *keep(key, pieces) {
      let kept: Buffer[] = [];
      let bytes = 0;
      for (const piece of pieces) {
        bytes += piece.length;
        if (bytes <= maxBytes) {
          kept.push(piece);
        } else {
          kept = [];
        }
        yield piece;
      }
      if (bytes <= maxBytes) {
        store(key, kept, bytes);
      }
    },
    clear() {
      entries.clear();
      total = 0;
    },
  };
}

/** Does an answer hold a list? */
export const isListOperation = (
  name: string,
): name is Exclude<OperationName, 'validerLogin' | 'ouvrirSession'> =>
  isOperationName(name) && 'list' in OPERATIONS[name].answer;
