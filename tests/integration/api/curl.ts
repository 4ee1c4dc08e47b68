/** A call as curl would make it. */
export interface CurlCall {
  /** As it stands in the document. */
  line: string;
  method: string;
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** The file of cookies that is sent, and the one where those of the answer go. */
  cookies?: { from?: string; to?: string };
}

/** What a call is read with: variables of the shell, and files that it names. */
interface CurlContext {
  variables: Readonly<Record<string, string>>;
  files: Readonly<Record<string, string>>;
}

/** The lines of a document's shell blocks that begin with curl. */
export function curlLines(page: string): string[] {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
  return blocks.flatMap((block) => block.split('\n')).filter((line) => line.startsWith('curl '));
}

/**
 * Reads a line as the shell and curl (7.82 or later) would.
 * @throws Error for an option or a quoting that it does not know
 */
export function parseCurl(line: string, { variables, files }: CurlContext): CurlCall {
  const call: CurlCall = { line, method: '', url: '', headers: {} };
  const query = new URLSearchParams();
  const words = splitWords(line, variables).slice(1);
  const next = (): string => words.shift() ?? '';
  const contentsOf = (name: string): string => {
    const text = files[name];
    if (text === undefined) throw new Error(`${line}: what is in the file ${name}?`);
    return text;
  };
  const addHeader = (text: string): void => {
    const [, name = '', value = ''] = /^([^:]+): *(.*)$/.exec(text) ?? [];
    call.headers[name.toLowerCase()] = value;
  };
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (word === '-K') for (const text of headersOf(contentsOf(next()))) addHeader(text);
    else if (word === '-X') call.method = next();
    else if (word === '-H') addHeader(next());
    else if (word === '-b') call.cookies = { ...call.cookies, from: next() };
    else if (word === '-c') call.cookies = { ...call.cookies, to: next() };
    else if (word === '--json') {
      const text = next();
      call.body = text.startsWith('@') ? contentsOf(text.slice(1)) : text;
      addHeader('content-type: application/json');
    } else if (word === '--data-urlencode') {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(next()) ?? [];
      query.append(name, value);
    } else if (word === '-o') next();
    else if (word.startsWith('-') && word !== '-G' && word !== '-N') {
      throw new Error(`${line}: unknown option ${word}`);
    } else if (!word.startsWith('-')) call.url = word;
  }
  if (query.size > 0) call.url += `?${query.toString()}`;
  if (call.method === '') call.method = call.body === undefined ? 'GET' : 'POST';
  return call;
}

/** `header = "Name: value"` in a file of `-K`. */
function headersOf(config: string): string[] {
  return [...config.matchAll(/^header = "(.*)"$/gm)].map(([, header = '']) => header);
}

const WORD = /\s*(?:'([^']*)'|"([^"]*)"|([^\s'"]+))(?=\s|$)/y;

function splitWords(line: string, variables: Readonly<Record<string, string>>): string[] {
  const expand = (text: string): string =>
    text.replace(/\$([A-Z]+)/g, (_whole, name: string) => variables[name] ?? '');
  const words: string[] = [];
  WORD.lastIndex = 0;
  while (WORD.lastIndex < line.length) {
    const found = WORD.exec(line);
    if (found === null) throw new Error(`How is this quoted? ${line}`);
    const [, plain, expanded, bare] = found;
    words.push(plain ?? expand(expanded ?? bare ?? ''));
  }
  return words;
}
