import { SaxesParser } from 'saxes';

/** A SOAP call as it arrived. */
export interface SoapCall {
  operation: string;
  parameters: Readonly<Record<string, string>>;
  /** Texts of the header's elements, by local name (WS-Security, a token). */
  header: Readonly<Record<string, string>>;
  /** The Type attribute of a WS-Security password: does it carry a digest? */
  passwordIsDigest: boolean;
}

const MAX_BODY_BYTES = 1_000_000;

/** Reads a request's body as text, up to a bound. */
export async function readBody(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) {
      throw new Error('The request is larger than a megabyte.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * Takes a SOAP request apart; prefixes do not matter.
 * @throws Error when it is not a SOAP envelope with one call in its body
 */
export function parseSoapCall(xml: string): SoapCall {
  const path: string[] = [];
  const call = {
    operation: '',
    parameters: {} as Record<string, string>,
    header: {} as Record<string, string>,
    passwordIsDigest: false,
  };
  let text = '';
  const parser = new SaxesParser({ xmlns: false });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(localName(name));
    text = '';
    if (path.length === 3 && path[1] === 'Body') {
      call.operation = localName(name);
    }
    if (path[1] === 'Header' && (attributes.Type ?? '').endsWith('PasswordDigest')) {
      call.passwordIsDigest = true;
    }
  });
  parser.on('text', (piece) => {
    text += piece;
  });
  parser.on('cdata', (piece) => {
    text += piece;
  });
  parser.on('closetag', () => {
    const name = path.at(-1) ?? '';
    if (path.length === 4 && path[1] === 'Body') {
      call.parameters[name] = text;
    } else if (path.length > 2 && path[1] === 'Header') {
      call.header[name] = text.trim();
    }
    path.pop();
    text = '';
  });
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(xml).close();
  if (call.operation === '') {
    throw new Error('No operation was found in the body of the SOAP envelope.');
  }
  return call;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);
